"""Schedules: work that is to be done again and again, and when it is due next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update

from parley_common.errors import NotFound
from parley_common.storage.database import Database
from parley_common.storage.dialect import one_at_a_time
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import schedule


class Schedules:
    """Reads schedules; every read is for one owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, identity: UUID) -> Row[Any]:
        """Raises `NotFound`."""
        own = select(schedule).where(schedule.c.id == identity, schedule.c.owner == owner)
        async with self._database.read() as connection:
            found: Row[Any] | None = (await connection.execute(own)).first()
        if found is None:
            raise unknown(identity)
        return found

    async def page(self, owner: str, *, limit: int, before: UUID | None = None) -> Sequence[Row[Any]]:
        """The newest first, from behind `before`."""
        statement = select(schedule).where(schedule.c.owner == owner).order_by(schedule.c.id.desc()).limit(limit)
        if before:
            statement = statement.where(schedule.c.id < before)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).all()


def unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no schedule {identity}.")


async def count(transaction: Transaction, owner: str) -> int:
    """How many the owner has; nobody adds one to them until the commit."""
    await one_at_a_time(transaction, f"schedules of {owner}")
    own = select(func.count()).select_from(schedule).where(schedule.c.owner == owner)
    return int((await transaction.execute(own)).scalar_one())


async def add(transaction: Transaction, identity: UUID, **columns: Any) -> Row[Any]:
    values = columns | {"id": identity, "created_at": datetime.now(UTC)}
    return (await transaction.execute(insert(schedule).values(values).returning(schedule))).one()


async def remove(transaction: Transaction, owner: str, identity: UUID) -> None:
    """Raises `NotFound`."""
    gone = await transaction.execute(delete(schedule).where(schedule.c.id == identity, schedule.c.owner == owner))
    if not gone.rowcount:
        raise unknown(identity)


async def next_due(transaction: Transaction, now: datetime) -> Row[Any] | None:
    """One whose time has come by `now`; no other gateway gets it until the commit."""
    statement = (
        select(schedule)
        .where(schedule.c.next_at <= now)
        .order_by(schedule.c.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await transaction.execute(statement)).first()


async def keep(transaction: Transaction, identity: UUID, **columns: Any) -> None:
    await transaction.execute(update(schedule).where(schedule.c.id == identity).values(columns))
