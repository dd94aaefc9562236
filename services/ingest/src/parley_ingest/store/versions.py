"""Versions of documents: which one is searched, which ones are on their way, and what may be left of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, insert, select, update

from parley_common.contracts.jobs import FINAL, Status
from parley_common.errors import Conflict, Gone, NotFound
from parley_common.runtime.tables import job
from parley_common.storage.database import Database
from parley_common.storage.dialect import insert as insert_once
from parley_common.storage.transaction import Transaction
from parley_ingest.store.tables import chunk, document, embedding, version


class DocumentForgotten(Gone):
    """Its owner deleted it: nothing of it may be kept any more."""

    code = "document_deleted"

    def __init__(self) -> None:
        super().__init__("The document was deleted while it was being read.")


class Superseded(Conflict):
    """A newer version of the document is searched already."""

    code = "document_superseded"

    def __init__(self) -> None:
        super().__init__("A newer version of the document has taken its place.")


class Versions:
    """Each version is written by one job; each write makes sure first that the document is still wanted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, owner: str, identity: UUID, number: int, *, job: UUID, embedder: tuple[str, int]) -> None:
        """Note that there may be something of this version from now on.

        Raises `DocumentForgotten`, `Superseded`, or `NotFound` for another owner's document.
        """
        name, dimensions = embedder
        row = {"document": identity, "version": number, "owner": owner, "job": job, "indexed": True}
        async with self._database.transaction() as transaction:
            once = insert_once(transaction, document).values(id=identity, owner=owner)
            await transaction.execute(once.on_conflict_do_nothing())
            await wanted(transaction, owner, identity, number)
            await transaction.execute(
                insert_once(transaction, version)
                .values(row | {"embedder": name, "dimensions": dimensions})
                .on_conflict_do_nothing()
            )

    async def embedder(self, identity: UUID, number: int) -> str:
        """Whose vectors this version has; raises `DocumentForgotten` or `Superseded` if it is not wanted any more."""
        async with self._database.read() as connection:
            statement = (
                select(document.c.forgotten_at, document.c.active, version.c.embedder)
                .join(version, (version.c.document == identity) & (version.c.version == number), isouter=True)
                .where(document.c.id == identity)
            )
            row = (await connection.execute(statement)).first()
        if row is None or row.forgotten_at:
            raise DocumentForgotten
        if row.embedder is None or (row.active or 0) > number:
            raise Superseded
        return str(row.embedder)

    async def keep_chunks(self, owner: str, identity: UUID, number: int, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the chunks of this version instead of any it had."""
        async with self._database.transaction() as transaction:
            await wanted(transaction, owner, identity, number)
            await transaction.execute(delete(chunk).where(_of(chunk, identity, number)))
            whole = {"document": identity, "version": number, "owner": owner}
            await transaction.execute(insert(chunk), [whole | row for row in rows])

    async def chunks(self, identity: UUID, number: int, *, start: int, count: int) -> Sequence[Row[Any]]:
        """Those from ordinal `start` on, in order."""
        within = chunk.c.ordinal >= start, chunk.c.ordinal < start + count
        statement = select(chunk).where(_of(chunk, identity, number), *within).order_by(chunk.c.ordinal)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).all()

    async def activate(self, owner: str, identity: UUID, number: int) -> None:
        """From now on this is the version that is searched."""
        async with self._database.transaction() as transaction:
            await wanted(transaction, owner, identity, number)
            await transaction.execute(update(document).where(document.c.id == identity).values(active=number))

    async def forget(self, owner: str, identity: UUID) -> None:
        """From now on nothing is kept of this document; raises `NotFound` if it is another owner's."""
        async with self._database.transaction() as transaction:
            once = insert_once(transaction, document).values(id=identity, owner=owner)
            await transaction.execute(once.on_conflict_do_nothing())
            mine = document.c.id == identity, document.c.owner == owner
            told = update(document).where(*mine).values(forgotten_at=datetime.now(UTC), active=None)
            if not (await transaction.execute(told)).rowcount:
                raise _unknown(identity)

    async def of(self, identity: UUID, *, before: int | None = None) -> Sequence[Row[Any]]:
        """All versions of which there may be something left, or those older than `before`."""
        statement = select(version).where(version.c.document == identity).order_by(version.c.version)
        if before is not None:
            statement = statement.where(version.c.version < before)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).all()

    async def is_written(self, identity: UUID) -> bool:
        """Whether a job is at work on any version of it, or may be: until the lease of a dead worker has run out."""
        statement = (
            select(version.c.version)
            .join(job, job.c.id == version.c.job)
            .where(version.c.document == identity, job.c.status == Status.RUNNING)
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).first() is not None

    async def drop(self, row: Row[Any]) -> None:
        """Forget a version, its chunks, and embeddings of texts that no other chunk of this owner has.

        Its job is kept without what it was given and came to: a command that is repeated must find it.
        """
        async with self._database.transaction() as transaction:
            hashes = select(chunk.c.hash).where(_of(chunk, row.document, row.version))
            other = chunk.alias()
            elsewhere = exists().where(
                other.c.owner == row.owner,
                other.c.hash == embedding.c.hash,
                (other.c.document != row.document) | (other.c.version != row.version),
            )
            unused = embedding.c.owner == row.owner, embedding.c.hash.in_(hashes), ~elsewhere
            await transaction.execute(delete(embedding).where(*unused))
            over = job.c.id == row.job, job.c.status.in_(FINAL)
            await transaction.execute(update(job).where(*over).values(input=None, result=None))
            for table in (chunk, version):
                await transaction.execute(delete(table).where(_of(table, row.document, row.version)))

    async def left_over(self, *, limit: int) -> Sequence[Row[Any]]:
        """Versions that are not searched and that nobody works on any more, though the index may hold some of them."""
        statement: Select[Any] = (
            select(version)
            .join(job, job.c.id == version.c.job)
            .join(document, document.c.id == version.c.document)
            .where(version.c.indexed, job.c.status.in_(FINAL))
            .where(document.c.active.is_distinct_from(version.c.version))
            .limit(limit)
        )
        async with self._database.read() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found

    async def unindexed(self, row: Row[Any]) -> None:
        """The index holds nothing of it any more; what was paid for is kept for another attempt."""
        async with self._database.transaction() as transaction:
            of = _of(version, row.document, row.version)
            await transaction.execute(update(version).where(of).values(indexed=False))


async def wanted(transaction: Transaction, owner: str, identity: UUID, number: int) -> None:
    """Lock the document's row, and raise unless this version may become the one that is searched.

    Raises `DocumentForgotten`, `Superseded`, or `NotFound` for another owner's document.
    """
    statement = select(document).where(document.c.id == identity).with_for_update()
    row = (await transaction.execute(statement)).first()
    if row is None or row.owner != owner:
        raise _unknown(identity)
    if row.forgotten_at:
        raise DocumentForgotten
    if (row.active or 0) > number:
        raise Superseded


def _of(table: Any, identity: UUID, number: int) -> Any:
    return (table.c.document == identity) & (table.c.version == number)


def _unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no document {identity}.")
