"""What the owner of a job writes: every write is guarded by its fencing token and numbered by the event log.

A write names the `seq` it follows. If the database vanished in the middle of a commit, the write is tried again: a
log that already stands at the new `seq` under the same token means that it had gone through.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from parley_common.bus.message import Outgoing, command, event
from parley_common.contracts import events as e
from parley_common.contracts.commands import ResumeJob
from parley_common.contracts.jobs import Problem, Status
from parley_common.contracts.model import Contract
from parley_common.persistence import persistently
from parley_common.runtime.ledger import Ledger, Write
from parley_common.runtime.records import frame, step_values
from parley_common.runtime.run import Run, StepRow
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.signals import LeaseLost
from parley_common.runtime.tables import job
from parley_common.storage.database import Database
from parley_common.storage.errors import DatabaseUnavailable

LONGEST_PAUSE = 1.0


class Journal:
    """The fenced writes of running jobs. Each raises `LeaseLost` when the job is no longer this run's."""

    def __init__(self, database: Database, ledger: Ledger, settings: RuntimeSettings) -> None:
        self._database = database
        self._ledger = ledger
        self._settings = settings
        self._writes: set[asyncio.Task[None]] = set()

    async def record(self, run: Run, *data: Contract, step: StepRow | None = None, **columns: Any) -> None:
        """Append events, and a step if one ended; a finished step is progress, so the crash count starts anew."""
        if step and step.status != "started":
            columns["crashes"] = 0
        await self._write(run, data, columns, step=step_values(run.id, step) if step else None)
        if step:
            run.steps[step.key] = step

    async def suspend(self, run: Run, asked: e.Asked, key: str) -> None:
        """Publish a question and give everything back: slot, lease, memory."""
        row = {
            "id": asked.question_id,
            "job": run.id,
            "key": key,
            "prompt": asked.prompt,
            "required": asked.required,
            "default": asked.default,
            "expires_at": asked.expires_at,
        }
        wake_at = asked.expires_at + timedelta(seconds=self._settings.answer_grace)
        await self._write(run, (asked,), {"status": Status.WAITING, "wake_at": wake_at}, question=row)

    async def complete(self, run: Run, data: e.Completed) -> None:
        await self._finish(run, data, Status.COMPLETED, result=data.result)

    async def fail(self, run: Run, problem: Problem) -> None:
        failed = e.Failed(problem=problem, partial=run.partial, usage=run.usage)
        await self._finish(run, failed, Status.FAILED, problem=problem.model_dump())

    async def cancel(self, run: Run) -> None:
        await self._finish(run, e.Cancelled(partial=run.partial, usage=run.usage), Status.CANCELLED)

    async def release(self, run: Run) -> None:
        """Hand the job over: ready to run, and a wake-up for whoever is free."""
        now = datetime.now(UTC)
        async with run.writing, self._database.transaction() as transaction:
            values = {"status": Status.PENDING, "wake_at": now + timedelta(seconds=self._settings.hint_after), **_FREE}
            result = await transaction.execute(update(job).where(*_mine(run)).values(self._always(run) | values))
            if result.rowcount:
                body = ResumeJob(job=run.id, kind=run.kind, owner=run.owner, priority=run.priority)
                transaction.send(command(self._database.service, "resume", body, priority=run.priority))

    async def confirm(self, run: Run) -> None:
        """Make sure that the job is still this run's: a lease that should have been renewed by now is, here."""
        if time.monotonic() - run.renewed_at > self._settings.lease:
            await self._renew(run)
            run.renewed_at = time.monotonic()

    async def _renew(self, run: Run) -> None:
        until = datetime.now(UTC) + timedelta(seconds=self._settings.lease)
        async with self._database.transaction() as transaction:
            result = await transaction.execute(update(job).where(*_mine(run)).values(lease_until=until))
        if not result.rowcount:
            raise LeaseLost

    async def _finish(self, run: Run, data: Contract, status: Status, **columns: Any) -> None:
        columns |= {"status": status, "ended_at": datetime.now(UTC), "wake_at": None}
        await self._write(run, (data,), columns)

    async def _write(self, run: Run, data: Sequence[Contract], columns: dict[str, Any], **rows: Any) -> None:
        """A cancelled run does not cut a commit in two: the write ends, and whoever writes next waits for it."""
        writing = asyncio.create_task(self._commit(run, data, columns, **rows), name="journal-write")
        self._writes.add(writing)
        writing.add_done_callback(self._ended)
        await asyncio.shield(writing)

    def _ended(self, writing: asyncio.Task[None]) -> None:
        self._writes.discard(writing)
        if not writing.cancelled():
            writing.exception()  # a run that was cancelled meanwhile does not ask, and that is no bug to report

    async def _commit(self, run: Run, data: Sequence[Contract], columns: dict[str, Any], **rows: Any) -> None:
        tries = count(1)

        async def written() -> bool:
            again = next(tries) > 1
            return await self._ledger.write(write) or (again and await self._stands_at(run, after))

        async with run.writing:
            after = run.seq + len(data)
            job = self._always(run) | columns | {"last_seq": after}
            write = Write(run.id, run.fence, run.seq, job, self._messages(run, data), **rows)
            if not await persistently(written, on=DatabaseUnavailable, longest=LONGEST_PAUSE):
                raise LeaseLost
            run.seq = after

    async def _stands_at(self, run: Run, seq: int) -> bool:
        async with self._database.read() as connection:
            row = (await connection.execute(select(job.c.fence, job.c.last_seq).where(job.c.id == run.id))).first()
        return row is not None and (row.fence, row.last_seq) == (run.fence, seq)

    def _always(self, run: Run) -> dict[str, Any]:
        return {"usage": run.usage.model_dump(), "ran_seconds": run.ran_seconds, "partial": run.partial}

    def _messages(self, run: Run, data: Sequence[Contract]) -> list[Outgoing]:
        frames = (frame(each, job=run.id, epoch=run.epoch, seq=seq) for seq, each in enumerate(data, run.seq + 1))
        return [event(self._database.service, body, owner=run.owner) for body in frames]


_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}


def _mine(run: Run) -> tuple[Any, ...]:
    return job.c.id == run.id, job.c.fence == run.fence, job.c.status == Status.RUNNING
