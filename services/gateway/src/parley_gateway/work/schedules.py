"""Work that comes again and again: each time it is due, one job, however many gateways look at the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import AwareDatetime, ValidationError
from sqlalchemy import Row
from uuid_utils.compat import uuid7

from parley_common.contracts.jobs import Options, Problem
from parley_common.contracts.model import Contract
from parley_common.errors import Conflict, Invalid, ParleyError, PermanentError
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.cron import Cron, TimeZone, next_time
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.security.principal import Principal
from parley_gateway.store import schedules
from parley_gateway.work.research import KIND, Questions, ResearchQuestion
from parley_gateway.work.submissions import Submissions

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


class TooManySchedules(Conflict):
    """The owner has as many as one may have; one has to go before another can come."""

    code = "too_many_schedules"


class Rhythm(Contract):
    """When: five cron fields, read in a time zone."""

    cron: Cron
    time_zone: TimeZone = "UTC"


class Schedule(Rhythm):
    """`next_at` is `null` when it will not run again; `problem` says why, if something went wrong."""

    schedule_id: UUID
    asked: ResearchQuestion
    options: Options
    next_at: AwareDatetime | None
    last_job_id: UUID | None = None
    problem: Problem | None = None
    created_at: AwareDatetime


class Schedules:
    """Keeps schedules and runs what is due. Runs that were missed while nothing ran become one. An owner has `most`."""

    def __init__(
        self,
        database: Database,
        *,
        questions: Questions,
        submissions: Submissions,
        most: int,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._database = database
        self._questions = questions
        self._submissions = submissions
        self._most = most
        self._clock = clock

    async def add(
        self,
        user: Principal,
        asked: ResearchQuestion,
        *,
        rhythm: Rhythm,
        options: Options,
        key: IdempotencyKey | None = None,
    ) -> Answer:
        """Keep a schedule; a repeat with the same key gets the first answer.

        Raises `NotFound` or `DatasetNotReady` for the dataset, `Invalid` for a rhythm without a next time, or
        `TooManySchedules`.
        """
        due = await self._first_time(user, asked, rhythm=rhythm, options=options)
        async with self._database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first
            await self._check_number(transaction, user)
            row = await schedules.add(
                transaction,
                uuid7(),
                owner=user.user,
                kind=KIND,
                subject=asked.dataset_id,
                cron=rhythm.cron,
                time_zone=rhythm.time_zone,
                work=asked.model_dump(mode="json"),
                options=options.model_dump(mode="json", exclude_none=True),
                next_at=due,
            )
            answer = Answer(201, schedule_of(row).model_dump(mode="json"))
            await remember(transaction, key, answer)
        return answer

    async def remove(self, user: Principal, identity: UUID) -> None:
        """Jobs it has begun go on. Raises `NotFound`."""
        async with self._database.transaction() as transaction:
            await schedules.remove(transaction, user.user, identity)

    async def run_due(self) -> None:
        """Begin a job for each schedule whose time has come."""
        while await self._run_one():
            pass

    async def _first_time(
        self, user: Principal, asked: ResearchQuestion, *, rhythm: Rhythm, options: Options
    ) -> datetime:
        await self._questions.work(user.user, asked)
        self._submissions.check(options)
        if options.run_at:
            raise Invalid("A schedule says itself when its jobs run: leave run_at out.", code="run_at_in_schedule")
        due = next_time(rhythm.cron, rhythm.time_zone, after=self._clock())
        if due is None:
            raise Invalid("This cron expression never comes true.", code="cron_never")
        return due

    async def _check_number(self, transaction: Transaction, user: Principal) -> None:
        if await schedules.count(transaction, user.user) >= self._most:
            raise TooManySchedules(f"There may be at most {self._most} schedules; delete one first.")

    async def _run_one(self) -> bool:
        async with self._database.transaction() as transaction:
            row = await schedules.next_due(transaction, self._clock())
            if row is None:
                return False
            due = next_time(row.cron, row.time_zone, after=self._clock())
            try:
                asked, options = _read(row)
                work = await self._questions.work(row.owner, asked)
                job = await self._submissions.accept(
                    transaction, row.owner, row.kind, work=work, options=options, subject=row.subject
                )
                await schedules.keep(transaction, row.id, next_at=due, last_job=job, problem=None)
            except PermanentError as error:
                log.warning("schedule stopped", schedule=str(row.id), reason=error.code)
                await schedules.keep(transaction, row.id, next_at=None, problem=_problem(error).model_dump())
        return True


def _read(row: Row[Any]) -> tuple[ResearchQuestion, Options]:
    """What is to be done; one row that cannot be read any more must not keep the others waiting."""
    try:
        return ResearchQuestion.model_validate(row.work), Options.model_validate(row.options)
    except ValidationError as error:
        raise Invalid("It was written by another release; please make it anew.", code="schedule_unreadable") from error


def schedule_of(row: Row[Any]) -> Schedule:
    return Schedule(
        schedule_id=row.id,
        cron=row.cron,
        time_zone=row.time_zone,
        asked=ResearchQuestion.model_validate(row.work),
        options=Options.model_validate(row.options),
        next_at=row.next_at,
        last_job_id=row.last_job,
        problem=Problem.model_validate(row.problem) if row.problem else None,
        created_at=row.created_at,
    )


def _problem(error: ParleyError) -> Problem:
    return Problem(code=error.code, title=error.title, detail=error.detail)
