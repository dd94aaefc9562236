"""Who may run a job: claims, answers, cancels and wake-ups, each one compare-and-set in SQL.

These are the transitions that a job's owner does not make. Any worker may make them, any number of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import Row, Update, select, update
from sqlalchemy.dialects import postgresql, sqlite

from parley_common.bus.message import Outgoing, command, event
from parley_common.contracts import events as e
from parley_common.contracts.commands import AnswerQuestion, CancelJob, ResumeJob, StartJob
from parley_common.contracts.jobs import FINAL, Priority, Status, Usage
from parley_common.contracts.model import Contract
from parley_common.runtime.ledger import Claim, Ledger
from parley_common.runtime.records import frame, run_from
from parley_common.runtime.run import Run
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.tables import job, question, step
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction


class Claims:
    """`worker` names this process in the leases it takes; `engine` is what a `job.started` event says of it."""

    def __init__(
        self, database: Database, ledger: Ledger, settings: RuntimeSettings, *, worker: str, engine: e.Started
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._settings = settings
        self._worker = worker
        self._engine = engine
        dialect = postgresql if database.dialect == "postgresql" else sqlite
        self._insert_once = dialect.insert(job).on_conflict_do_nothing()

    async def start(self, command: StartJob) -> Run | None:
        """Claim a new job; `None` means that it is known already: a repeat, or cancelled before it began."""
        row = self._new(command) | self._lease() | {"status": Status.RUNNING, "last_seq": command.seq + 1}
        if await self._ledger.claim(Claim(row, [self._started(row)])):
            return run_from(row)
        # A start that was handed on before its job got a slot finds the job where an earlier delivery left it.
        return await self.resume(command.job)

    async def resume(self, job_id: UUID) -> Run | None:
        """Claim a job that is ready to go on; `None` means that somebody else did, or that it has ended."""
        async with self._database.transaction() as transaction:
            return await self._take(transaction, job_id)

    async def answer(self, command: AnswerQuestion, *, claim: bool) -> Run | None:
        """Apply the accepted answer, once. With `claim`, go on here and now; else wake whoever is free."""
        async with self._database.transaction() as transaction:
            row = await self._lock(transaction, command.job)
            if row is None or row.owner != command.owner or row.status != Status.WAITING:
                return None
            if not await self._settle(transaction, command):
                return None
            answered = e.Answered.model_validate(command.model_dump(include=set(e.Answered.model_fields)))
            await self._ready(transaction, row, answered, wake=not claim)
            return await self._take(transaction, command.job) if claim else None

    async def cancel(self, command: CancelJob) -> bool:
        """End the job if nobody runs it, else raise its flag; true if the flag is what its owner must now see."""
        async with self._database.transaction() as transaction:
            tombstone = self._new(command) | {"status": Status.PENDING, "last_seq": command.seq}
            await transaction.execute(self._insert_once, tombstone)
            row = await self._lock(transaction, command.job)
            if row is None or row.owner != command.owner or row.status in FINAL:
                return False
            if row.status == Status.RUNNING and row.lease_until > datetime.now(UTC):
                await transaction.execute(_set(row, cancel_requested=True))
                return True
            await self.end_cancelled(transaction, row)
            return False

    async def end_cancelled(self, transaction: Transaction, row: Row[Any]) -> None:
        """Finish the cancel of a job that nobody runs, or whose owner died."""
        data = e.Cancelled(partial=row.partial, usage=Usage.model_validate(row.usage))
        await self.end(transaction, row, data, status=Status.CANCELLED)

    async def end(
        self, transaction: Transaction, row: Row[Any], *data: Contract, status: Status, **columns: Any
    ) -> None:
        values = columns | {"status": status, "ended_at": datetime.now(UTC), "lease_owner": None, "lease_until": None}
        await self._append(transaction, row, *data, fence=row.fence + 1, wake_at=None, **values)

    async def make_ready(self, transaction: Transaction, row: Row[Any], *data: Contract, **columns: Any) -> None:
        """Nobody runs this job: let anybody claim it, and send the wake-up that says so."""
        await self._ready(transaction, row, *data, wake=True, **columns)

    async def _ready(
        self, transaction: Transaction, row: Row[Any], *data: Contract, wake: bool, **columns: Any
    ) -> None:
        hint = datetime.now(UTC) + timedelta(seconds=self._settings.hint_after)
        values = columns | {"status": Status.PENDING, "wake_at": hint, "lease_owner": None, "lease_until": None}
        await self._append(transaction, row, *data, **values)
        if wake:
            self.hint(transaction, row)

    def hint(self, transaction: Transaction, row: Row[Any]) -> None:
        body = ResumeJob(job=row.id, kind=row.kind, owner=row.owner, priority=Priority(row.priority))
        transaction.send(command(self._database.service, "resume", body, priority=body.priority))

    async def _take(self, transaction: Transaction, job_id: UUID) -> Run | None:
        values = self._lease() | {
            "status": Status.RUNNING,
            "fence": job.c.fence + 1,
            "attempts": job.c.attempts + 1,
            "last_seq": job.c.last_seq + 1,
            "wake_at": None,
        }
        ready = job.c.id == job_id, job.c.status == Status.PENDING
        row = (await transaction.execute(update(job).where(*ready).values(values).returning(*job.c))).first()
        if row is None:
            return None
        transaction.send(self._started(row._mapping))
        steps = await transaction.execute(select(step).where(step.c.job == job_id))
        questions = await transaction.execute(select(question).where(question.c.job == job_id))
        return run_from(row._mapping, steps, questions)

    async def _settle(self, transaction: Transaction, command: AnswerQuestion) -> bool:
        """Close the question with this answer, unless it is closed already."""
        still_open = (
            question.c.id == command.question_id,
            question.c.job == command.job,
            question.c.outcome.is_(None),
        )
        closing = (
            update(question)
            .where(*still_open)
            .values(
                outcome="declined" if command.declined else "answered", answer_id=command.answer_id, value=command.value
            )
        )
        return bool((await transaction.execute(closing)).rowcount)

    async def _append(self, transaction: Transaction, row: Row[Any], *data: Contract, **columns: Any) -> None:
        """Write `data` behind the log of a locked row that nobody runs."""
        for seq, each in enumerate(data, start=row.last_seq + 1):
            body = frame(each, job=row.id, epoch=row.epoch, seq=seq)
            transaction.send(event(self._database.service, body, owner=row.owner))
        await transaction.execute(_set(row, last_seq=row.last_seq + len(data), **columns))

    def _started(self, row: Mapping[Any, Any]) -> Outgoing:
        data = self._engine.model_copy(update={"attempt": row["attempts"]})
        body = frame(data, job=row["id"], epoch=row["epoch"], seq=row["last_seq"])
        return event(self._database.service, body, owner=row["owner"])

    async def _lock(self, transaction: Transaction, job_id: UUID) -> Row[Any] | None:
        return (await transaction.execute(select(job).where(job.c.id == job_id).with_for_update())).first()

    def _lease(self) -> dict[str, Any]:
        until = datetime.now(UTC) + timedelta(seconds=self._settings.lease)
        return {"lease_owner": self._worker, "lease_until": until}

    def _new(self, command: StartJob | CancelJob) -> dict[str, Any]:
        """The row of a job this database has not seen before."""
        trace: dict[str, str] = {}
        propagate.inject(trace)
        start = command.model_dump(mode="json") if isinstance(command, StartJob) else {}
        return {
            "id": command.job,
            "kind": command.kind,
            "owner": command.owner,
            "priority": start.get("priority", Priority.INTERACTIVE),
            "epoch": command.epoch,
            "fence": 1,
            "attempts": 1,
            "crashes": 0,
            "cancel_requested": False,
            "input": start.get("input"),
            "budget": start.get("budget"),
            "trace": trace,
            "progress": 0.0,
            "partial": None,
            "ran_seconds": 0.0,
            "usage": Usage().model_dump(),
            "created_at": datetime.now(UTC),
        }


def _set(row: Row[Any], **columns: Any) -> Update:
    return update(job).where(job.c.id == row.id).values(columns)
