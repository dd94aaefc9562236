"""Who may run a job: claims, answers, cancels and wake-ups, each one compare-and-set in SQL.

These are the transitions that a job's owner does not make. Any worker may make them, any number of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from parley_common.runtime.ledger import Claim, Columns, Ledger, Stored, Write
from parley_common.runtime.records import frame, run_from
from parley_common.runtime.run import Run
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.tables import job
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
        while (stored := await self._ledger.read(job_id)) and stored.job["status"] == Status.PENDING:
            if await self._ledger.write(write := self._going_on(stored)):
                return _run(stored, write)
        return None

    async def answer(self, command: AnswerQuestion, *, claim: bool) -> Run | None:
        """Apply the accepted answer, once. With `claim`, go on here and now; else wake whoever is free."""
        while (stored := await self._ledger.read(command.job)) and _awaits(stored, command):
            answered = e.Answered.model_validate(command.model_dump(include=set(e.Answered.model_fields)))
            write = self._going_on(stored, answered) if claim else self._made_ready(stored, answered)
            if await self._ledger.write(write := replace(write, answer=_settling(command))):
                return _run(stored, write) if claim else None
        return None

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
        values = columns | self._ready() | {"lease_owner": None, "lease_until": None}
        await self._append(transaction, row, *data, **values)
        self.hint(transaction, row)

    def hint(self, transaction: Transaction, row: Row[Any]) -> None:
        transaction.send(self._wake_up(row._mapping))

    async def _append(self, transaction: Transaction, row: Row[Any], *data: Contract, **columns: Any) -> None:
        """Write `data` behind the log of a locked row that nobody runs."""
        transaction.send(*self._said(row._mapping, data))
        await transaction.execute(_set(row, last_seq=row.last_seq + len(data), **columns))

    def _going_on(self, stored: Stored, *data: Contract) -> Write:
        """Say `data`, and claim this job that nobody runs."""
        row = stored.job
        claimed = self._lease() | {
            "status": Status.RUNNING,
            "fence": row["fence"] + 1,
            "attempts": row["attempts"] + 1,
            "last_seq": row["last_seq"] + len(data) + 1,
        }
        return _write(row, claimed, [*self._said(row, data), self._started(row | claimed)])

    def _made_ready(self, stored: Stored, *data: Contract) -> Write:
        """Say `data`, and let anybody claim this job that nobody runs."""
        row = stored.job
        ready = self._ready() | {"last_seq": row["last_seq"] + len(data)}
        return _write(row, ready, [*self._said(row, data), self._wake_up(row)])

    def _ready(self) -> Columns:
        return {
            "status": Status.PENDING,
            "wake_at": datetime.now(UTC) + timedelta(seconds=self._settings.hint_after),
        }

    def _said(self, row: Mapping[Any, Any], data: tuple[Contract, ...]) -> list[Outgoing]:
        """The events that follow the job's last one."""
        frames = (
            frame(each, job=row["id"], epoch=row["epoch"], seq=seq)
            for seq, each in enumerate(data, start=row["last_seq"] + 1)
        )
        return [event(self._database.service, body, owner=row["owner"]) for body in frames]

    def _started(self, row: Mapping[Any, Any]) -> Outgoing:
        data = self._engine.model_copy(update={"attempt": row["attempts"]})
        body = frame(data, job=row["id"], epoch=row["epoch"], seq=row["last_seq"])
        return event(self._database.service, body, owner=row["owner"])

    def _wake_up(self, row: Mapping[Any, Any]) -> Outgoing:
        body = ResumeJob(job=row["id"], kind=row["kind"], owner=row["owner"], priority=Priority(row["priority"]))
        return command(self._database.service, "resume", body, priority=body.priority)

    async def _lock(self, transaction: Transaction, job_id: UUID) -> Row[Any] | None:
        return (await transaction.execute(select(job).where(job.c.id == job_id).with_for_update())).first()

    def _lease(self) -> Columns:
        until = datetime.now(UTC) + timedelta(seconds=self._settings.lease)
        return {"lease_owner": self._worker, "lease_until": until}

    def _new(self, command: StartJob | CancelJob) -> Columns:
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


def _write(row: Columns, columns: Columns, messages: list[Outgoing]) -> Write:
    """What makes `row`, as long as it is as it was read, have these columns."""
    kept = {"wake_at": None, "partial": row["partial"]}
    return Write(row["id"], row["fence"], row["last_seq"], kept | columns, messages, was=Status(row["status"]))


def _awaits(stored: Stored, command: AnswerQuestion) -> bool:
    if stored.job["owner"] != command.owner or stored.job["status"] != Status.WAITING:
        return False
    return any(row.id == command.question_id and row.outcome is None for row in stored.questions)


def _settling(command: AnswerQuestion) -> Columns:
    outcome = "declined" if command.declined else "answered"
    return {"id": command.question_id, "outcome": outcome, "answer_id": command.answer_id, "value": command.value}


def _run(stored: Stored, write: Write) -> Run:
    """The run that a write began."""
    run = run_from(stored.job | write.job, stored.steps, stored.questions)
    if answer := write.answer:
        asked = next(row for row in run.questions.values() if row.id == answer["id"])
        run.questions[asked.key] = replace(asked, outcome=answer["outcome"], value=answer["value"])
    return run
