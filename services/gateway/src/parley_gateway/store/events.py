"""The one event log: append-only, one row per `(job, epoch, seq)`, bodies kept byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.frames import Frame
from parley_gateway.store.tables import event, job


class Events:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, job: UUID, epoch: int, *, seq: int, limit: int) -> Sequence[Frame]:
        """At most `limit` events behind `seq`, in order."""
        statement = (
            select(event)
            .where(event.c.job == job, event.c.epoch == epoch, event.c.seq > seq)
            .order_by(event.c.seq)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [Frame(row.body, job=row.job, epoch=row.epoch, seq=row.seq, kind=row.type) for row in rows]

    async def latest(self, jobs: Collection[UUID]) -> dict[UUID, int]:
        """How far the log of each job reaches."""
        statement = select(event.c.job, func.max(event.c.seq)).where(event.c.job.in_(jobs)).group_by(event.c.job)
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(statement)}


async def append(transaction: Transaction, frames: Sequence[Frame]) -> None:
    """Add events; those that are there already are passed over."""
    if not frames:
        return
    insert = postgresql_insert if transaction.connection.dialect.name == "postgresql" else sqlite_insert
    ordered = sorted(frames, key=lambda frame: (frame.job, frame.epoch, frame.seq or 0))
    await transaction.execute(
        insert(event).on_conflict_do_nothing(),
        [{"job": f.job, "epoch": f.epoch, "seq": f.seq, "type": f.type, "body": f.text} for f in ordered],
    )


async def unprojected(transaction: Transaction, jobs: Collection[UUID]) -> list[Frame]:
    """What the log holds behind each job's projection, in order."""
    statement = (
        select(event)
        .join(job, (job.c.id == event.c.job) & (job.c.epoch == event.c.epoch))
        .where(event.c.job.in_(jobs), event.c.seq > job.c.seq)
        .order_by(event.c.job, event.c.seq)
    )
    rows = (await transaction.execute(statement)).all()
    return [Frame(row.body, job=row.job, epoch=row.epoch, seq=row.seq, kind=row.type) for row in rows]
