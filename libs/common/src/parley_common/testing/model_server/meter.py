"""What the test model has seen, and the gates at which it holds calls."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, Field

from parley_common.testing.model_server.script import Asked, Endpoint

State = Literal["open", "finished", "refused", "broken", "aborted"]


class CallSeen(BaseModel):
    """One call.

    `open` until its outcome is certain: `finished` = answered in full, `refused` = with an error status,
    `broken` = the server ended it early, as scripted, `aborted` = the client left first. `came_at` is in seconds
    since 1970.
    """

    number: int
    came_at: float = Field(default_factory=time.time)
    endpoint: Endpoint
    rule: str
    state: State = "open"
    body: dict[str, Any]
    headers: dict[str, str]


class MeterReading(BaseModel):
    """Counts per state, in all and per rule; `started` is their sum, `peak` the most that were open at once."""

    started: int
    open: int
    finished: int
    refused: int
    broken: int
    aborted: int
    peak: int
    rules: dict[str, dict[str, int]]
    calls: list[CallSeen]


class GateReading(BaseModel):
    """How many calls wait at a gate."""

    waiting: int
    open: bool


class Changes:
    """Wakes those who wait for a condition on the server's state, so that tests need not poll."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()

    def notify(self) -> None:
        task = asyncio.get_running_loop().create_task(self._notify())
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    async def wait_for(self, holds: Callable[[], bool], *, timeout: float) -> bool:
        try:
            async with asyncio.timeout(timeout), self._condition:
                await self._condition.wait_for(holds)
        except TimeoutError:
            return False
        return True

    async def _notify(self) -> None:
        async with self._condition:
            self._condition.notify_all()


class CallMeter:
    """The calls so far."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._calls: list[CallSeen] = []
        self._peak = 0

    def start(self, rule: str, asked: Asked, *, headers: dict[str, str]) -> CallSeen:
        call = CallSeen(
            number=len(self._calls) + 1, endpoint=asked.endpoint, rule=rule, body=asked.body, headers=headers
        )
        self._calls.append(call)
        self._peak = max(self._peak, self.count("open"))
        self._changes.notify()
        return call

    def end(self, call: CallSeen, state: State) -> None:
        """The first outcome stands: who leaves after the last byte has not aborted anything."""
        if call.state == "open":
            call.state = state
            self._changes.notify()

    def forget(self) -> None:
        self._calls.clear()
        self._peak = 0

    def count(self, state: str) -> int:
        return sum(state in ("started", call.state) for call in self._calls)

    def read(self) -> MeterReading:
        states = Counter(call.state for call in self._calls)
        rules: dict[str, Counter[str]] = {}
        for call in self._calls:
            rules.setdefault(call.rule, Counter()).update(["started", call.state])
        return MeterReading(
            started=len(self._calls),
            open=states["open"],
            finished=states["finished"],
            refused=states["refused"],
            broken=states["broken"],
            aborted=states["aborted"],
            peak=self._peak,
            rules={name: dict(counts) for name, counts in rules.items()},
            calls=self._calls,
        )


class Gates:
    """Named points at which calls wait until a test lets them go on."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._gates: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()

    async def enter(self, name: str) -> None:
        self._waiting[name] += 1
        self._changes.notify()
        try:
            await self._gate(name).wait()
        finally:
            self._waiting[name] -= 1
            self._changes.notify()

    def open(self, name: str) -> None:
        self._gate(name).set()

    def read(self, name: str) -> GateReading:
        return GateReading(waiting=self._waiting[name], open=self._gate(name).is_set())

    def forget(self) -> None:
        for gate in self._gates.values():
            gate.set()
        self._gates.clear()

    def _gate(self, name: str) -> asyncio.Event:
        return self._gates.setdefault(name, asyncio.Event())
