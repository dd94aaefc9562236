"""What a service under test says on the bus: kept, and waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from faststream.rabbit import RabbitBroker, RabbitMessage, RabbitQueue

from parley_common.bus.topology import EVENTS
from parley_common.contracts.events import FINAL_TYPES

PATIENCE = 60


@dataclass(kw_only=True)
class Listener:
    """Every event of every job, in the order in which they came."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def listen(self, broker: RabbitBroker) -> None:
        """Hear what is said through this broker; call before it starts."""
        broker.subscriber(RabbitQueue("test.listener", routing_key="#"), EVENTS)(self.hear)

    async def hear(self, message: RabbitMessage) -> None:
        async with self.news:
            self.frames.append(json.loads(message.body))
            self.news.notify_all()

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(true)

    def of(self, job: UUID, *kinds: str) -> list[dict[str, Any]]:
        return [each for each in self.frames if each["job"] == str(job) and each["type"] in kinds]

    def steps(self, job: UUID) -> list[str]:
        """The keys of the steps that have ended, in order."""
        return [each["data"]["key"] for each in self.of(job, "job.step") if each["data"]["status"] == "completed"]

    async def question(self, job: UUID) -> dict[str, Any]:
        """The first question of a job that must ask."""
        await self.until(lambda: self.of(job, "question.asked", *FINAL_TYPES))
        first = self.of(job, "question.asked", *FINAL_TYPES)[0]
        assert first["type"] == "question.asked", first
        return dict(first["data"])

    async def end(self, job: UUID) -> dict[str, Any]:
        await self.until(lambda: self.of(job, *FINAL_TYPES))
        return self.of(job, *FINAL_TYPES)[0]

    async def completed(self, job: UUID) -> dict[str, Any]:
        """The result of a job that must complete."""
        return await self._ended(job, "job.completed", "result")

    async def problem(self, job: UUID) -> dict[str, Any]:
        """Why a job failed that must fail."""
        return await self._ended(job, "job.failed", "problem")

    async def _ended(self, job: UUID, how: str, part: str) -> dict[str, Any]:
        final = await self.end(job)
        assert final["type"] == how, final
        return dict(final["data"][part])
