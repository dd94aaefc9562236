"""A steady number of clients, each with one job at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import Self

import httpx

from harness.journey import Journey, Story, plan
from harness.schedule import seeded

CLIENTS = 10
LONGEST_PAUSE = 1.0


class Load:
    """Runs while it is open; at its end everyone finishes what they began. `stories` has one entry per job."""

    def __init__(self, seed: int, gateways: Sequence[str]) -> None:
        self.stories: list[Story] = []
        self._seed = seed
        self._gateways = gateways
        self._numbers = count(1)
        self._enough = asyncio.Event()
        self._http = httpx.AsyncClient(timeout=5, trust_env=False)
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        await self._tasks.__aenter__()
        for number in range(CLIENTS):
            self._tasks.create_task(self._client(number), name=f"client {number}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enough.set()
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            await self._http.aclose()

    async def _client(self, number: int) -> None:
        chance = seeded(self._seed, "client", number)
        while not self._enough.is_set():
            journey = Journey(plan(self._seed, next(self._numbers)), self._gateways, self._http)
            self.stories.append(journey.story)
            await journey.go()
            await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE))
