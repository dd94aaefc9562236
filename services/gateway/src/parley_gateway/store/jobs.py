"""Jobs as clients see them; every read is for one owner, and another owner's job does not exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from parley_common.contracts.jobs import FINAL, Status
from parley_common.errors import NotFound
from parley_common.storage.database import Database
from parley_common.storage.dialect import among
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.store.questions import OPEN
from parley_gateway.store.tables import job, question

# The columns of a snapshot; the trace is kept as what its messages carry.
SNAPSHOT = tuple(name for name in JobSnapshot.model_fields if name != "trace_id")
_PROJECTED = tuple(name for name in SNAPSHOT if name not in {"id", "kind", "input", "created_at"})

_OWN = (job.c.id == bindparam("identity")) & (job.c.owner == bindparam("of"))
_GET = (
    select(job, question.c.id.label("settled"))
    .join(question, (question.c.job == job.c.id) & (question.c.status != OPEN), isouter=True)
    .where(_OWN)
)
_LOCK_OWN = select(job).where(_OWN).with_for_update()
_ADD = insert(job)
_KEEP = update(job).where(job.c.id == bindparam("_id"))


@dataclass(frozen=True)
class StoredJob:
    """A job as it is stored, and its questions that need no answer any more, though the worker may not know it yet."""

    snapshot: JobSnapshot
    settled: frozenset[UUID]


class Jobs:
    """Reads jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, identity: UUID) -> StoredJob:
        """Raises `NotFound`."""
        async with self._database.read() as connection:
            rows = (await connection.execute(_GET, {"identity": identity, "of": owner})).all()
        if not rows:
            raise unknown(identity)
        return StoredJob(snapshot_of(rows[0]), frozenset(row.settled for row in rows if row.settled))

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        before: UUID | None = None,
        kind: str | None = None,
        statuses: Collection[Status] = (),
        subject: UUID | None = None,
    ) -> list[JobSnapshot]:
        """The newest first, from behind `before`, without the questions that are settled."""
        statement = select(job).where(job.c.owner == owner).order_by(job.c.id.desc()).limit(limit)
        for column, value in ((job.c.kind, kind), (job.c.subject, subject)):
            statement = statement if value is None else statement.where(column == value)
        if statuses:
            statement = statement.where(job.c.status.in_(statuses))
        if before:
            statement = statement.where(job.c.id < before)
        async with self._database.read() as connection:
            snapshots = [snapshot_of(row) for row in await connection.execute(statement)]
            asked = [each.question.question_id for each in snapshots if each.question]
            still = select(question.c.id).where(question.c.id.in_(asked), question.c.status == OPEN)
            open_ones = set(await connection.scalars(still)) if asked else set()
        return [
            each.model_copy(update={"question": None})
            if each.question and each.question.question_id not in open_ones
            else each
            for each in snapshots
        ]


def unknown(identity: UUID) -> NotFound:
    return NotFound(f"There is no job {identity}.")


def new_row(snapshot: JobSnapshot, **further: Any) -> dict[str, Any]:
    """The row of a new job; `further` are the columns that its snapshot does not show."""
    return {**_values(snapshot, SNAPSHOT), "resends": 0, **further}


async def add(transaction: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    await transaction.execute(_ADD, rows)


async def lock(transaction: Transaction, jobs: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The rows of these jobs, kept from other writers until the commit; always locked in the same order."""
    statement = select(job).where(among(transaction, job.c.id, jobs)).order_by(job.c.id).with_for_update()
    return {row.id: row for row in await transaction.execute(statement)}


async def rows(transaction: Transaction, jobs: Collection[UUID]) -> dict[UUID, Row[Any]]:
    return {row.id: row for row in await transaction.execute(select(job).where(among(transaction, job.c.id, jobs)))}


async def lock_own(transaction: Transaction, owner: str, identity: UUID) -> Row[Any]:
    """One job of this owner, kept from other writers; raises `NotFound`."""
    row = (await transaction.execute(_LOCK_OWN, {"identity": identity, "of": owner})).first()
    if row is None:
        raise unknown(identity)
    return row


async def keep(transaction: Transaction, changed: Sequence[tuple[JobSnapshot, datetime | None]]) -> None:
    """Store what events have made of these jobs, and when to send their last commands again."""
    await transaction.execute(
        _KEEP, [{"_id": each.id, "resend_at": at, **_values(each, _PROJECTED)} for each, at in changed]
    )


async def request_cancel(transaction: Transaction, identity: UUID, *, at: datetime, resend_at: datetime) -> None:
    values = {"cancel_requested_at": at, "resend_at": resend_at, "resends": 0}
    await transaction.execute(update(job).where(job.c.id == identity).values(values))


async def due(transaction: Transaction, *, limit: int) -> Sequence[Row[Any]]:
    """Jobs whose last command shows no effect; no other gateway gets them until the commit."""
    statement = (
        select(job)
        .where(job.c.resend_at <= datetime.now(UTC), job.c.status.not_in(FINAL))
        .order_by(job.c.resend_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await transaction.execute(statement)).all()


async def postpone(transaction: Transaction, identity: UUID, *, by: timedelta) -> None:
    values = {"resend_at": datetime.now(UTC) + by, "resends": job.c.resends + 1}
    await transaction.execute(update(job).where(job.c.id == identity).values(values))


def snapshot_of(row: Row[Any]) -> JobSnapshot:
    columns = {name: row._mapping[name] for name in SNAPSHOT}
    return JobSnapshot.model_validate({**columns, "trace_id": trace_id_of(row.trace)})


def trace_id_of(trace: Mapping[str, str]) -> str | None:
    """The id in a W3C `traceparent`, which is `<version>-<trace id>-<span id>-<flags>`."""
    parts = trace.get("traceparent", "").split("-")
    return parts[1] if len(parts) == 4 else None


def _values(snapshot: JobSnapshot, names: Collection[str]) -> Mapping[str, Any]:
    dumped = snapshot.model_dump(mode="json", include=set(names))
    times = {name: getattr(snapshot, name) for name in ("id", "created_at", "started_at", "completed_at")}
    return dumped | {name: value for name, value in times.items() if name in dumped}
