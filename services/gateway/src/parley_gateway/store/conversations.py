"""Conversations: who owns which, and what is left of deleted ones; every read is for one owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, insert, select, update

from parley_common.contracts.jobs import FINAL
from parley_common.errors import NotFound
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import conversation, event, job

TITLE = 120


class Conversations:
    """Reads conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, identity: UUID) -> Row[Any]:
        """Raises `NotFound`."""
        async with self._database.read() as connection:
            found: Row[Any] | None = (
                await connection.execute(_own(owner).where(conversation.c.id == identity))
            ).first()
        if found is None:
            raise unknown(identity)
        return found

    async def page(self, owner: str, *, limit: int, before: UUID | None = None) -> Sequence[Row[Any]]:
        """The newest first, from behind `before`."""
        statement = _own(owner).order_by(conversation.c.id.desc()).limit(limit)
        if before:
            statement = statement.where(conversation.c.id < before)
        async with self._database.read() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found


def unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no conversation {identity}.")


async def begin(transaction: Transaction, identity: UUID, *, owner: str, query: str) -> None:
    """A conversation is called after its first question."""
    now, flat = datetime.now(UTC), " ".join(query.split())
    title = flat if len(flat) <= TITLE else flat[: TITLE - 1] + "…"
    row = {"id": identity, "owner": owner, "title": title, "created_at": now, "updated_at": now}
    await transaction.execute(insert(conversation).values(row))


async def go_on(transaction: Transaction, identity: UUID, *, owner: str) -> None:
    """Raises `NotFound`."""
    touched = update(conversation).where(*_mine(owner, identity)).values(updated_at=datetime.now(UTC))
    if not (await transaction.execute(touched)).rowcount:
        raise unknown(identity)


async def forget(transaction: Transaction, identity: UUID, *, owner: str) -> Sequence[UUID]:
    """Take it from its owner at once, and return the jobs that still answer in it; raises `NotFound`."""
    gone = update(conversation).where(*_mine(owner, identity)).values(deleted_at=datetime.now(UTC))
    if not (await transaction.execute(gone)).rowcount:
        raise unknown(identity)
    running = select(job.c.id).where(job.c.owner == owner, job.c.subject == identity, job.c.status.not_in(FINAL))
    return list(await transaction.connection.scalars(running))


async def remove_forgotten(transaction: Transaction, *, limit: int) -> int:
    """Delete what was said in conversations that were deleted and in which nothing happens any more; how many."""
    unfinished = exists().where(job.c.subject == conversation.c.id, job.c.status.not_in(FINAL))
    statement = (
        select(conversation.c.id)
        .where(conversation.c.deleted_at.is_not(None), ~unfinished)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = list(await transaction.connection.scalars(statement))
    said = select(job.c.id).where(job.c.subject.in_(gone))
    if gone:
        await transaction.execute(delete(event).where(event.c.job.in_(said)))
        await transaction.execute(delete(job).where(job.c.subject.in_(gone)))
        await transaction.execute(delete(conversation).where(conversation.c.id.in_(gone)))
    return len(gone)


def _mine(owner: str, identity: UUID) -> tuple[Any, ...]:
    return conversation.c.id == identity, conversation.c.owner == owner, conversation.c.deleted_at.is_(None)


def _own(owner: str) -> Select[Any]:
    return select(conversation).where(conversation.c.owner == owner, conversation.c.deleted_at.is_(None))
