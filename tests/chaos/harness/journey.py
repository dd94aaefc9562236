"""One client and its one job, from the submission to the final event, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from harness.model import ASKS, PROMPT
from harness.schedule import seeded
from parley_common.contracts.events import FINAL_TYPES

PATIENCE = 120.0
BACK_OFF = (0.05, 0.1, 0.2, 0.4, 0.8)
AWAY = frozenset({500, 502, 503, 504})
BUSY = frozenset({409})
VALUES = ("weekend hikers", "city families")
Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How one client behaves; `think` and `cancel_after` are in seconds."""

    number: int
    asks: bool
    answers: tuple[Json, ...]
    think: float
    cancel_after: float | None

    @property
    def task(self) -> str:
        return f"<{ASKS if self.asks else 'goes on'} {self.number}>"


def plan(seed: int, number: int) -> Plan:
    """Half of the jobs ask; some answers are slow, declined, or two that compete; some jobs are cancelled."""
    chance = seeded(seed, "journey", number)
    first, second = ({"value": value, "answer_id": f"{number}-{value.split()[0]}"} for value in VALUES)
    declined: Json = {"declined": True, "answer_id": f"{number}-declined"}
    return Plan(
        number,
        asks=chance.random() < 0.5,
        answers=chance.choices([(first,), (second,), (declined,), (first, second)], weights=[4, 1, 1, 2])[0],
        think=chance.uniform(4, 8) if chance.random() < 0.2 else chance.uniform(0, 0.5),
        cancel_after=chance.uniform(0, 2.5) if chance.random() < 0.15 else None,
    )


@dataclass
class Story:
    """What one client saw and was told. `frames` are the numbered ones, as they came; times are seconds since 1970."""

    plan: Plan
    job: str = ""
    frames: list[str] = field(default_factory=list)
    ended: bool = False
    accepted: list[Json] = field(default_factory=list)
    too_late: int = 0
    cancelled_at: float | None = None
    connections: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def events(self) -> list[Json]:
        return [json.loads(frame) for frame in self.frames]


class Journey:
    """Goes to the other gateway whenever one does not answer, and resumes where it was."""

    def __init__(self, plan: Plan, gateways: Sequence[str], http: httpx.AsyncClient) -> None:
        self.story = Story(plan)
        first = plan.number % len(gateways)
        self._gateways = (*gateways[first:], *gateways[:first])
        self._http = http
        self._answering: asyncio.Task[None] | None = None

    async def go(self) -> Story:
        """Returns when the job's final event has come; a story that does not end in time is left as it is."""
        story, plan = self.story, self.story.plan
        try:
            async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
                await self._submit()
                if plan.cancel_after is not None:
                    tasks.create_task(self._cancel(plan.cancel_after))
                await self._follow(tasks)
        except TimeoutError:
            story.surprises.append(f"no end within {PATIENCE:g} s")
        return story

    async def _submit(self) -> None:
        body = {"task": self.story.plan.task, "lazy_prompt": PROMPT}
        key = {"Idempotency-Key": f"job-{self.story.plan.number}"}
        response = await self._ask("POST", "/api/enhance/", done={202}, wait=AWAY | BUSY, json=body, headers=key)
        self.story.job = response.json()["task_id"]

    async def _cancel(self, after: float) -> None:
        await asyncio.sleep(after)
        response = await self._ask("DELETE", f"/v1/jobs/{self.story.job}", done={200, 202, 409})
        if response.status_code == 200:
            self.story.cancelled_at = time.time()

    async def _answer(self, question: str) -> None:
        await asyncio.sleep(self.story.plan.think)
        await asyncio.gather(*(self._give(question, answer) for answer in self.story.plan.answers))

    async def _give(self, question: str, answer: Json) -> None:
        # 404: a gateway that has just started may hear of the question later than its client did from the other one.
        url = f"/v1/jobs/{self.story.job}/questions/{question}/answer"
        response = await self._ask("POST", url, done={200, 409, 410}, wait=AWAY | {404}, json=answer)
        if response.status_code == 200:
            self.story.accepted.append(response.json())
        elif response.status_code == 409:
            self.story.accepted.append(response.json()["accepted"])
        else:
            self.story.too_late += 1

    async def _ask(
        self, method: str, path: str, *, done: set[int], wait: frozenset[int] | set[int] = AWAY, **more: Any
    ) -> httpx.Response:
        """Ask one gateway after the other until one of them gives an answer that counts."""
        for attempt, gateway in enumerate(cycle(self._gateways)):
            try:
                response = await self._http.request(method, f"{gateway}{path}", **more)
            except httpx.TransportError:
                pass
            else:
                if response.status_code in done:
                    return response
                if response.status_code not in wait or response.status_code == 500:
                    self.story.surprises.append(f"{method} {path}: {response.status_code} {response.text}")
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
        raise AssertionError("there are no gateways")

    async def _follow(self, tasks: asyncio.TaskGroup) -> None:
        failures = 0
        for gateway in cycle(self._gateways):
            before = len(self.story.frames)
            with suppress(OSError, TimeoutError, WebSocketException):
                await self._read(gateway, tasks)
            if self.story.ended:
                return
            failures = 0 if len(self.story.frames) > before else failures + 1
            await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])

    async def _read(self, gateway: str, tasks: asyncio.TaskGroup) -> None:
        """Until the final event, or the gateway asks to be left alone or says that it cannot."""
        story = self.story
        url = f"{gateway.replace('http', 'ws', 1)}/v1/ws"
        async with connect(
            url, proxy=None, open_timeout=5, close_timeout=0.5, ping_interval=1.5, ping_timeout=3
        ) as socket:
            story.connections += 1
            since = f"1:{self._cursor}" if story.frames else None
            await socket.send(json.dumps({"type": "subscribe", "job": story.job, "since": since}))
            async for text in socket:
                frame: Json = json.loads(text)
                if frame["type"] in {"error", "reconnect"}:
                    return
                if frame["type"] == "gap":
                    story.surprises.append(f"a gap: {frame}")
                if frame.get("seq") is None:
                    continue
                story.frames.append(str(text))
                if frame["type"] == "question.asked" and self._answering is None:
                    self._answering = tasks.create_task(self._answer(frame["data"]["question_id"]))
                if frame["type"] in FINAL_TYPES:
                    story.ended = True
                    return

    @property
    def _cursor(self) -> int:
        seq: int = json.loads(self.story.frames[-1])["seq"]
        return seq
