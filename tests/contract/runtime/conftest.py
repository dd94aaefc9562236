"""Two databases, one behaviour: every test here runs on SQLite and on PostgreSQL, against the real runtime.

The bus is a hand-written one that keeps what was published and delivers commands when the test says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field, JsonValue, SecretStr

from parley_common.bus.message import COMMANDS, EVENTS, Outgoing
from parley_common.contracts.commands import AnswerQuestion, CancelJob, ResumeJob, StartJob
from parley_common.contracts.jobs import Budget, JsonObject, Priority
from parley_common.runtime.execution import Workflow
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.worker import Worker
from parley_common.storage.database import Database
from parley_common.storage.relay import Relay

OWNER = "ada"


class Anything(BaseModel):
    value: JsonValue = None


class Start(StartJob):
    input: JsonObject = Field(default_factory=dict)


class Delivery:
    """Stands for a broker's message; remembers how it was settled."""

    def __init__(self) -> None:
        self.settled: str | None = None

    async def ack(self) -> None:
        self.settled = "ack"

    async def nack(self) -> None:
        self.settled = "nack"


class FakeBus:
    """Keeps what was published; `down` makes every publish fail."""

    def __init__(self) -> None:
        self.messages: list[Outgoing] = []
        self.ephemeral: list[dict[str, Any]] = []
        self.down: Exception | None = None

    async def publish(self, message: Outgoing, *, persist: bool = True) -> None:
        if self.down:
            raise self.down
        if not persist:
            self.ephemeral.append(json.loads(message.body))
        else:
            self.messages.append(message)

    @property
    def events(self) -> list[dict[str, Any]]:
        frames = {m.id: json.loads(m.body) for m in self.messages if m.exchange == EVENTS}
        return sorted(frames.values(), key=lambda frame: frame["seq"])

    def of(self, job: UUID, kind: str | None = None) -> list[dict[str, Any]]:
        return [f for f in self.events if f["job"] == str(job) and kind in (None, f["type"])]

    def commands(self, name: str) -> list[Outgoing]:
        return [m for m in self.messages if m.exchange == COMMANDS and m.key.split(".")[1] == name]

    async def until(self, true: Callable[[], Any]) -> Any:
        """Looked at again and again, not only when something is published: workers do things after that, too."""
        async with asyncio.timeout(20):
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return true()

    async def event(self, job: UUID, kind: str, count: int = 1) -> dict[str, Any]:
        """The `count`-th event of this type."""
        await self.until(lambda: len(self.of(job, kind)) >= count)
        return self.of(job, kind)[count - 1]


@dataclass
class Site:
    """One service's database and bus, and the workers on it."""

    database: Database
    bus: FakeBus
    settings: RuntimeSettings
    stack: AsyncExitStack
    workflows: dict[str, Workflow] = field(default_factory=dict)

    async def worker(self, **changes: Any) -> Worker:
        settings = self.settings.model_copy(update=changes)
        worker = Worker(service="enhancer", database=self.database, bus=self.bus, settings=settings)
        for kind, workflow in self.workflows.items():
            worker.register(kind, workflow, Anything)
        await worker.start()
        self.stack.push_async_callback(worker.stop)
        return worker

    def workflow(self, run: Callable[..., Awaitable[Any]], kind: str = "any") -> None:
        async def wrapped(job: Any, request: Anything) -> Anything:
            return Anything(value=await run(job))

        self.workflows[kind] = wrapped

    async def start(self, worker: Worker, *, budget: Budget | None = None, **options: Any) -> UUID:
        command = Start(job=uuid4(), kind="any", owner=OWNER, created_at=datetime.now(UTC), budget=budget, **options)
        await worker.claim(command, Delivery())  # type: ignore[arg-type]
        return command.job

    async def resume(self, worker: Worker, job: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        command = ResumeJob(job=job, kind="any", owner=OWNER, priority=priority)
        await worker.claim(command, Delivery())  # type: ignore[arg-type]

    async def answer(self, worker: Worker, job: UUID, value: JsonValue, **fields: Any) -> None:
        asked = self.bus.of(job, "question.asked")[-1]["data"]["question_id"]
        values = {"question_id": asked, "answer_id": str(uuid4()), "owner": OWNER, "value": value} | fields
        await worker.answer(AnswerQuestion(job=job, kind="any", answered_at=datetime.now(UTC), **values))

    async def cancel(self, worker: Worker, job: UUID, owner: str = OWNER) -> None:
        await worker.cancel(CancelJob(job=job, kind="any", owner=owner, requested_at=datetime.now(UTC)))

    def log(self, job: UUID) -> list[str]:
        """The job's event types in order, after a check that its log has no hole and no repeat."""
        frames = self.bus.of(job)
        assert [f["seq"] for f in frames] == list(range(2, len(frames) + 2))
        return [f["type"] for f in frames]


@pytest.fixture
async def site(sql_url: str | None, tmp_path: Path) -> AsyncIterator[Site]:
    url = SecretStr(sql_url) if sql_url else None
    settings = RuntimeSettings(
        data=tmp_path, database_url=url, lease=1.0, heartbeat=0.2, sweep=0.1, answer_grace=0.0, step_backoff=0.01
    )
    database = Database.open(settings, "enhancer", "parley_common.runtime.migrations")
    await database.upgrade()
    async with AsyncExitStack() as stack:
        bus = FakeBus()
        relay = Relay(database, bus, settings)
        stack.push_async_callback(database.close)
        await relay.start()
        stack.push_async_callback(relay.stop)
        yield Site(database, bus, settings, stack)
