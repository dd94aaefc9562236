"""Documents: who owns which file, and the job that works on it; every read is for one owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from parley_common.contracts.jobs import FINAL
from parley_common.errors import Conflict, NotFound
from parley_common.storage.database import Database
from parley_common.storage.dialect import insert
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import document, event, job, question

_THERE = document.c.deleted_at.is_(None)


class SameContent(Conflict):
    """Another document of this owner has the same bytes."""

    code = "document_exists"


class Documents:
    """Reads documents, each with the job that ingests it as it is stored: `status`, `stage`, `result`, `error`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, identity: UUID) -> Row[Any]:
        """Raises `NotFound`."""
        async with self._database.read() as connection:
            found: Row[Any] | None = (await connection.execute(_own(owner).where(document.c.id == identity))).first()
        if found is None:
            raise unknown(identity)
        return found

    async def page(self, owner: str, *, limit: int, before: UUID | None = None) -> Sequence[Row[Any]]:
        """The newest first, from behind `before`."""
        statement = _own(owner).order_by(document.c.id.desc()).limit(limit)
        if before:
            statement = statement.where(document.c.id < before)
        async with self._database.read() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found


def unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no document {identity}.")


async def add(transaction: Transaction, row: dict[str, Any]) -> bool:
    """Whether it was added: `False` if its owner has a document of the same content."""
    once = insert(transaction, document).values(row | {"version": 1, "created_at": datetime.now(UTC)})
    statement = once.on_conflict_do_nothing(index_elements=[document.c.owner, document.c.hash], index_where=_THERE)
    return bool((await transaction.execute(statement)).rowcount)


async def like(transaction: Transaction, owner: str, hash: str) -> Row[Any]:
    """The document of this content, which there must be; kept from other writers."""
    statement = _own(owner).where(document.c.hash == hash).with_for_update(of=document)
    return (await transaction.execute(statement)).one()


async def lock(transaction: Transaction, owner: str, identity: UUID) -> Row[Any]:
    """One document, kept from other writers; raises `NotFound`."""
    statement = _own(owner).where(document.c.id == identity).with_for_update(of=document)
    found: Row[Any] | None = (await transaction.execute(statement)).first()
    if found is None:
        raise unknown(identity)
    return found


async def change(transaction: Transaction, row: Row[Any], **columns: Any) -> None:
    """Raises `SameContent` where that would make two documents of one."""
    try:
        await transaction.execute(update(document).where(document.c.id == row.id).values(columns))
    except IntegrityError as error:
        raise SameContent("You have another document with the same content.") from error


async def hide(transaction: Transaction, identity: UUID, *, job: UUID) -> None:
    """Take it from its owner at once; `job` removes it."""
    values = {"deleted_at": datetime.now(UTC), "job": job}
    await transaction.execute(update(document).where(document.c.id == identity).values(values))


async def ended(transaction: Transaction, *, limit: int) -> Sequence[Row[Any]]:
    """Deleted documents whose removal has come to an end, good or bad: see `status`."""
    statement = (
        select(document.c.id, document.c.owner, document.c.upload, job.c.status)
        .join(job, job.c.id == document.c.job)
        .where(document.c.deleted_at.is_not(None), job.c.status.in_(FINAL))
        .limit(limit)
        .with_for_update(of=document, skip_locked=True)
    )
    return (await transaction.execute(statement)).all()


async def uploads_among(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that are the file of a document, deleted ones included."""
    return set(await connection.scalars(select(document.c.upload).where(document.c.upload.in_(keys))))


async def remove(transaction: Transaction, identities: Sequence[UUID], *, kind: str) -> None:
    """Forget documents and their jobs of this kind, which know what their files were called."""
    about = select(job.c.id).where(job.c.subject.in_(identities), job.c.kind == kind).scalar_subquery()
    for table in (event, question):
        await transaction.execute(delete(table).where(table.c.job.in_(about)))
    await transaction.execute(delete(job).where(job.c.subject.in_(identities), job.c.kind == kind))
    await transaction.execute(delete(document).where(document.c.id.in_(identities)))


def _own(owner: str) -> Select[Any]:
    ingesting = job.c.status, job.c.stage, job.c.progress, job.c.result, job.c.error, job.c.epoch, job.c.seq
    statement: Select[Any] = select(document, *ingesting).join(job, job.c.id == document.c.job)
    return statement.where(document.c.owner == owner, _THERE)
