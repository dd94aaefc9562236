"""The one event log: append-only, one row per `(job, epoch, seq)`, bodies kept byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select

from parley_common.storage.database import Database
from parley_common.storage.dialect import among, insert
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.frames import Frame
from parley_gateway.store.tables import event, job

Key = tuple[UUID, int, int]

_AFTER = (
    select(event)
    .where(event.c.job == bindparam("of"), event.c.epoch == bindparam("in_epoch"), event.c.seq > bindparam("behind"))
    .order_by(event.c.seq)
    .limit(bindparam("most"))
)


class Events:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, job: UUID, epoch: int, *, seq: int, limit: int) -> Sequence[Frame]:
        """At most `limit` events behind `seq`, in order."""
        sought = {"of": job, "in_epoch": epoch, "behind": seq, "most": limit}
        async with self._database.read() as connection:
            return [_frame_of(row) for row in await connection.execute(_AFTER, sought)]

    async def latest(self, jobs: Collection[UUID]) -> dict[UUID, int]:
        """How far the log of each job reaches."""
        statement = select(event.c.job, func.max(event.c.seq)).where(event.c.job.in_(jobs)).group_by(event.c.job)
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(statement)}


async def append(transaction: Transaction, frames: Sequence[Frame]) -> None:
    """Add events; those that are there already are passed over."""
    if not frames:
        return
    ordered = sorted(frames, key=key)
    await transaction.execute(
        insert(transaction, event).on_conflict_do_nothing(),
        [{"job": f.job, "epoch": f.epoch, "seq": f.seq, "type": f.type, "body": f.text} for f in ordered],
    )


async def unprojected(transaction: Transaction, jobs: Collection[UUID], known: Mapping[Key, Frame]) -> list[Frame]:
    """What the log holds behind each job's projection, in order; frames that are `known` need not be read again."""
    statement = (
        select(event)
        .join(job, (job.c.id == event.c.job) & (job.c.epoch == event.c.epoch))
        .where(among(transaction, event.c.job, jobs), event.c.seq > job.c.seq)
        .order_by(event.c.job, event.c.seq)
    )
    rows = (await transaction.execute(statement)).all()
    return [known.get((row.job, row.epoch, row.seq)) or _frame_of(row) for row in rows]


def key(frame: Frame) -> Key:
    return frame.job, frame.epoch, frame.seq or 0


def _frame_of(row: Row[Any]) -> Frame:
    return Frame(row.body, job=row.job, epoch=row.epoch, seq=row.seq, kind=row.type)
