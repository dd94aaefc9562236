"""The runtime's transitions against a model of one job: any interleaving of workers, crashes, answers and repeats.

Two workers share a database. Runs are never told that they were superseded, just as a frozen process is not; whatever
they try then must fail. The model says what must be true after each move.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import SecretStr
from sqlalchemy import delete, select, update

from parley_common.contracts import events as e
from parley_common.contracts.commands import AnswerQuestion, CancelJob
from parley_common.contracts.jobs import FINAL, Problem, Status
from parley_common.runtime.claims import Claims
from parley_common.runtime.journal import Journal
from parley_common.runtime.ledgers import open_ledger
from parley_common.runtime.run import Run, StepRow
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.signals import LeaseLost
from parley_common.runtime.sweeper import Sweeper
from parley_common.runtime.tables import job as job_table
from parley_common.runtime.tables import metadata, outbox, question
from parley_common.runtime.tables import step as step_table
from parley_common.storage.database import Database

from .conftest import OWNER, Start

WORKERS = st.sampled_from([0, 1])
CRASH_LIMIT = 3
HOUR = timedelta(hours=1)


class OneJob(RuleBasedStateMachine):
    """Moves on the left, what the model expects on the right; `self.live` is the only run that may write."""

    url: SecretStr | None = None
    loop: asyncio.AbstractEventLoop
    folder: tempfile.TemporaryDirectory[str]
    database: Database

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        settings = RuntimeSettings(
            data=Path(self.folder.name),
            database_url=self.url,
            lease=3600.0,
            crash_limit=CRASH_LIMIT,
            answer_grace=0.0,
            hint_after=3600.0,
        )
        self.database = Database.open(settings, "enhancer", "parley_common.runtime.migrations")
        self.do(self.database.upgrade())
        self.do(self._empty())
        ledger = open_ledger(self.database)
        self.claims = [
            Claims(self.database, ledger, settings, worker=f"worker {n}", engine=e.Started(attempt=1)) for n in (0, 1)
        ]
        self.journal = Journal(self.database, ledger, settings)
        self.sweeper = Sweeper(self.database, self.claims[0], settings)
        self.job, self.status, self.known = uuid4(), Status.PENDING, False
        self.runs: list[Run] = []
        self.live: Run | None = None
        self.steps: set[str] = set()
        self.asked: UUID | None = None
        self.outcomes: dict[UUID, str] = {}
        self.crashes = 0
        self.cancelling = False

    def teardown(self) -> None:
        self.do(self.database.close())
        self.loop.close()
        self.folder.cleanup()

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def claimed(self, run: Run | None) -> None:
        """A claim succeeds exactly when the job is there to be claimed."""
        expected = self.status == Status.PENDING
        assert (run is not None) == expected
        if run:
            assert set(run.steps) == self.steps
            self.runs.append(run)
            self.live, self.status, self.known = run, Status.RUNNING, True

    @rule(worker=WORKERS)
    def start_arrives(self, worker: int) -> None:
        command = Start(job=self.job, kind="any", owner=OWNER, created_at=datetime.now(UTC))
        self.claimed(self.do(self.claims[worker].start(command)))

    @precondition(lambda self: self.known)
    @rule(worker=WORKERS)
    def resume_arrives(self, worker: int) -> None:
        self.claimed(self.do(self.claims[worker].resume(self.job)))

    def writes(self, run: Run, work: Any) -> bool:
        """Only the live run's write may go through."""
        try:
            self.do(work)
        except LeaseLost:
            assert run is not self.live
            return False
        assert run is self.live
        return True

    @precondition(lambda self: self.runs)
    @rule(pick=st.randoms(use_true_random=False))
    def step_ends(self, pick: random.Random) -> None:
        run = pick.choice(self.runs)
        key = f"step {len(run.steps)}"
        row = StepRow(key, key, "0" * 64, "done", output="1")
        said = e.Step(key=key, name=key, status="completed")
        if self.writes(run, self.journal.record(run, said, step=row)):
            self.steps.add(key)
            self.crashes = 0

    @precondition(lambda self: self.runs)
    @rule(pick=st.randoms(use_true_random=False), required=st.booleans())
    def job_asks(self, pick: random.Random, required: bool) -> None:
        run = pick.choice(self.runs)
        key = f"question {len(self.outcomes)}"
        asked = e.Asked(
            question_id=uuid5(self.job, key),
            prompt=key,
            schema_={},
            required=required,
            expires_at=datetime.now(UTC) + HOUR,
        )
        if self.writes(run, self.journal.suspend(run, asked, key)):
            self.live, self.status, self.asked = None, Status.WAITING, asked.question_id
            self.required = required

    @precondition(lambda self: self.runs)
    @rule(
        pick=st.randoms(use_true_random=False),
        outcome=st.sampled_from([*["release"] * 4, "complete", "fail", "cancel"]),
    )
    def run_ends(self, pick: random.Random, outcome: str) -> None:
        run = pick.choice(self.runs)
        if outcome == "release":
            self.do(self.journal.release(run))
            if run is self.live:
                self.live, self.status = None, Status.PENDING
            return
        problem = Problem(code="x", title="x", detail="x")
        ends = {
            "complete": lambda: self.journal.complete(run, e.Completed(result=1)),
            "fail": lambda: self.journal.fail(run, problem),
            "cancel": lambda: self.journal.cancel(run),
        }
        if self.writes(run, ends[outcome]()):
            final = {"complete": Status.COMPLETED, "fail": Status.FAILED, "cancel": Status.CANCELLED}
            self.live, self.status = None, final[outcome]

    @precondition(lambda self: self.asked)
    @rule(worker=WORKERS, here=st.booleans(), declined=st.booleans(), owner=st.sampled_from([OWNER, "eve"]))
    def answer_arrives(self, worker: int, here: bool, declined: bool, owner: str) -> None:
        assert self.asked
        command = AnswerQuestion(
            job=self.job,
            kind="any",
            owner=owner,
            question_id=self.asked,
            answer_id=str(uuid4()),
            value=None if declined else "yes",
            declined=declined,
            answered_at=datetime.now(UTC),
        )
        run = self.do(self.claims[worker].answer(command, claim=here))
        if self.status != Status.WAITING or owner != OWNER:
            assert run is None
            return
        self.outcomes[self.asked] = "declined" if declined else "answered"
        self.status = Status.PENDING
        assert (run is not None) == here
        if run:
            self.claimed(run)

    @precondition(lambda self: self.status == Status.WAITING or len(self.runs) > 1)
    @rule(worker=WORKERS, owner=st.sampled_from([OWNER, "eve"]))
    def cancel_arrives(self, worker: int, owner: str) -> None:
        if owner != OWNER and not self.known:
            return
        command = CancelJob(job=self.job, kind="any", owner=owner, requested_at=datetime.now(UTC))
        flagged = self.do(self.claims[worker].cancel(command))
        self.known = True
        if owner != OWNER or self.status in FINAL:
            assert not flagged
        elif self.status == Status.RUNNING:
            assert flagged
            self.cancelling = True
        else:
            self.status = Status.CANCELLED

    @rule()
    def lease_runs_out(self) -> None:
        self.do(self._touch(job_table.c.lease_until))
        self.do(self.sweeper.sweep())
        if self.status != Status.RUNNING:
            return
        self.crashes += 1
        self.live = None
        if self.cancelling:
            self.status = Status.CANCELLED
        else:
            self.status = Status.FAILED if self.crashes >= CRASH_LIMIT else Status.PENDING

    @rule()
    def deadline_passes(self) -> None:
        self.do(self._touch(job_table.c.wake_at))
        self.do(self.sweeper.sweep())
        if self.status == Status.WAITING:
            assert self.asked
            self.outcomes[self.asked] = "defaulted"
            self.status = Status.FAILED if self.required else Status.PENDING

    async def _touch(self, column: Any) -> None:
        async with self.database.transaction() as transaction:
            past = {column: datetime.now(UTC) - HOUR}
            await transaction.execute(update(job_table).where(column.is_not(None)).values(past))

    @invariant()
    def the_database_agrees_with_the_model(self) -> None:
        if not hasattr(self, "known") or not self.known:
            return
        row, steps, questions, events = self.do(self._look())
        assert row.status == self.status
        assert (row.lease_owner is not None) == (self.status == Status.RUNNING)
        assert steps == self.steps
        assert {q.id: q.outcome for q in questions if q.outcome} == self.outcomes
        assert [f["seq"] for f in events] == list(range(2, row.last_seq + 1))
        finals = [f["type"] for f in events if f["type"] in e.FINAL_TYPES]
        assert len(finals) == (1 if self.status in FINAL else 0)
        if finals:
            assert events[-1]["type"] == finals[0]

    async def _empty(self) -> None:
        async with self.database.transaction() as transaction:
            for table in metadata.sorted_tables:
                await transaction.execute(delete(table))

    async def _look(self) -> Any:
        async with self.database.read() as connection:
            row = (await connection.execute(select(job_table))).one()
            steps = {r.key for r in await connection.execute(select(step_table))}
            questions = list(await connection.execute(select(question)))
            bodies = await connection.execute(select(outbox.c.body).where(outbox.c.exchange == "parley.events"))
            frames = sorted((json.loads(r.body) for r in bodies), key=lambda f: f["seq"])
        return row, steps, questions, frames


OneJob.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestOneJob = OneJob.TestCase


class OneJobOnPostgres(OneJob):
    """The same moves on PostgreSQL, whose ledger is another one."""


@pytest.fixture
def on_postgres(database_url: Callable[[str], str]) -> None:
    OneJobOnPostgres.url = SecretStr(database_url("enhancer"))


OneJobOnPostgres.TestCase.settings = settings(OneJob.TestCase.settings, max_examples=30)
TestOneJobOnPostgres = pytest.mark.connected(pytest.mark.usefixtures("on_postgres")(OneJobOnPostgres.TestCase))
