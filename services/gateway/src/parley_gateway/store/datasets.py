"""Datasets: who owns which upload, and the job that loads it; every read is for one owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from parley_common.contracts.jobs import FINAL
from parley_common.errors import NotFound
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import dataset, job


class Datasets:
    """Reads datasets, each with its loading job as it is stored: `status`, `result`, `error`, `input`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, identity: UUID) -> Row[Any]:
        """Raises `NotFound`."""
        async with self._database.read() as connection:
            found: Row[Any] | None = (await connection.execute(_own(owner).where(dataset.c.id == identity))).first()
        if found is None:
            raise unknown(identity)
        return found

    async def page(self, owner: str, *, limit: int, before: UUID | None = None) -> Sequence[Row[Any]]:
        """The newest first, from behind `before`."""
        statement = _own(owner).order_by(dataset.c.id.desc()).limit(limit)
        if before:
            statement = statement.where(dataset.c.id < before)
        async with self._database.read() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found


def unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no dataset {identity}.")


async def add(transaction: Transaction, identity: UUID, *, owner: str, name: str, upload: str, job: UUID) -> None:
    row = {"id": identity, "owner": owner, "name": name, "upload": upload, "job": job}
    await transaction.execute(insert(dataset).values(row | {"created_at": datetime.now(UTC)}))


async def forget(transaction: Transaction, owner: str, identity: UUID) -> UUID:
    """Take it from its owner at once, and return the job that loads it; raises `NotFound`."""
    mine = dataset.c.id == identity, dataset.c.owner == owner, dataset.c.deleted_at.is_(None)
    statement = update(dataset).where(*mine).values(deleted_at=datetime.now(UTC)).returning(dataset.c.job)
    loading: UUID | None = (await transaction.execute(statement)).scalar()
    if loading is None:
        raise unknown(identity)
    return loading


async def forgotten(transaction: Transaction, *, limit: int) -> Sequence[Row[Any]]:
    """Those whose files may go: deleted, and nothing loads them any more."""
    statement = (
        select(dataset.c.id, dataset.c.upload, job.c.result)
        .join(job, job.c.id == dataset.c.job)
        .where(dataset.c.deleted_at.is_not(None), job.c.status.in_(FINAL))
        .limit(limit)
        .with_for_update(of=dataset, skip_locked=True)
    )
    return (await transaction.execute(statement)).all()


async def uploads_among(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that are the file of a dataset, deleted ones included."""
    return set(await connection.scalars(select(dataset.c.upload).where(dataset.c.upload.in_(keys))))


async def files_among(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that were made of a dataset, deleted ones included: its id is what such a key ends with."""
    named = {UUID(key.partition("/")[2]): key for key in keys}
    found = await connection.scalars(select(dataset.c.id).where(dataset.c.id.in_(named)))
    return {named[identity] for identity in found}


async def remove(transaction: Transaction, identities: Sequence[UUID]) -> None:
    await transaction.execute(delete(dataset).where(dataset.c.id.in_(identities)))


def _own(owner: str) -> Select[Any]:
    loading = job.c.status, job.c.result, job.c.error, job.c.input
    statement: Select[Any] = select(dataset, *loading).join(job, job.c.id == dataset.c.job)
    return statement.where(dataset.c.owner == owner, dataset.c.deleted_at.is_(None))
