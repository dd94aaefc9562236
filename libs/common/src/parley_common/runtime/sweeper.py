"""What time does to jobs: leases run out, questions reach their deadline, wake-ups get lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, Select, select, update

from parley_common.contracts import events as e
from parley_common.contracts.jobs import Problem, Status, Usage
from parley_common.errors import RetryableError
from parley_common.runtime.claims import Claims
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.tables import job, question
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_common.titles import title_of

BATCH = 100

log = structlog.get_logger()


class Sweeper:
    """Runs in every worker; rows are locked one sweeper at a time, so several never do the same work twice."""

    def __init__(self, database: Database, claims: Claims, settings: RuntimeSettings) -> None:
        self._database = database
        self._claims = claims
        self._settings = settings

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                while await self.sweep() >= BATCH:
                    pass
            except RetryableError as error:
                log.warning("sweep failed", reason=error.detail)
            except Exception:
                log.exception("sweep failed")  # without sweeps, no job would ever outlive its worker: go on
            await asyncio.sleep(self._settings.sweep)

    async def sweep(self) -> int:
        """One pass, at most `BATCH` jobs of each sort; returns the most it found of one."""
        now = datetime.now(UTC)
        orphaned = await self._each(_where(Status.RUNNING, job.c.lease_until, now), self._orphaned)
        due = await self._each(_where(Status.WAITING, job.c.wake_at, now), self._unanswered)
        forgotten = await self._each(_where(Status.PENDING, job.c.wake_at, now), self._forgotten)
        return max(orphaned, due, forgotten)

    async def _each(self, rows: Select[Any], act: Any) -> int:
        async with self._database.transaction() as transaction:
            found = list(await transaction.execute(rows))
            for row in found:
                await act(transaction, row)
        return len(found)

    async def _orphaned(self, transaction: Transaction, row: Row[Any]) -> None:
        """The owner died: finish its cancel, quarantine a job that keeps killing its workers, or let others go on."""
        crashes = row.crashes + 1
        log.warning("lease ran out", job=str(row.id), worker=row.lease_owner, crashes=crashes)
        if row.cancel_requested:
            await self._claims.end_cancelled(transaction, row)
        elif crashes >= self._settings.crash_limit:
            problem = Problem(
                code="quarantined",
                title=title_of("quarantined"),
                detail=f"Its worker died {crashes} times in a row at the same step; it will not be tried again.",
            )
            await self._fail(transaction, row, problem, crashes=crashes)
        else:
            await self._claims.make_ready(transaction, row, crashes=crashes)

    async def _unanswered(self, transaction: Transaction, row: Row[Any]) -> None:
        """A question reached its deadline: use its default, or fail."""
        open_question = select(question).where(question.c.job == row.id, question.c.outcome.is_(None))
        asked = (await transaction.execute(open_question)).one()
        outcome = update(question).where(question.c.id == asked.id)
        await transaction.execute(outcome.values(outcome="defaulted", value=asked.default))
        expired = e.Expired(question_id=asked.id, default_used=not asked.required, default=asked.default)
        if not asked.required:
            await self._claims.make_ready(transaction, row, expired)
            return
        problem = Problem(
            code="question_expired", title=title_of("question_expired"), detail=f"Not answered in time: {asked.prompt}"
        )
        await self._fail(transaction, row, problem, expired)

    async def _forgotten(self, transaction: Transaction, row: Row[Any]) -> None:
        """Ready for a while and nobody took it: its wake-up may be lost, so it gets another."""
        again = datetime.now(UTC) + timedelta(seconds=self._settings.hint_after)
        await transaction.execute(update(job).where(job.c.id == row.id).values(wake_at=again))
        self._claims.hint(transaction, row)

    async def _fail(
        self, transaction: Transaction, row: Row[Any], problem: Problem, *before: e.Expired, **columns: Any
    ) -> None:
        failed = e.Failed(problem=problem, partial=row.partial, usage=Usage.model_validate(row.usage))
        columns["problem"] = problem.model_dump()
        await self._claims.end(transaction, row, *before, failed, status=Status.FAILED, **columns)


def _where(status: Status, due: Any, now: datetime) -> Select[Any]:
    return select(job).where(job.c.status == status, due <= now).limit(BATCH).with_for_update(skip_locked=True)
