"""The enhancer as it runs: its own composition root, the real runtime on SQLite, the in-process broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from faststream.rabbit import RabbitMessage, RabbitQueue

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.bus.topology import EVENTS
from parley_common.contracts.commands import AnswerQuestion, StartEnhancement
from parley_common.contracts.enhance import Enhance, Enhanced
from parley_common.contracts.events import FINAL_TYPES
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving
from parley_enhancer.app import SERVICE, create
from parley_enhancer.settings import EnhancerSettings

OWNER = "ada"


@dataclass
class Site:
    """One running enhancer and everything it has said."""

    bus: Bus
    frames: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hear(self, message: RabbitMessage) -> None:
        async with self.news:
            self.frames.append(json.loads(message.body))
            self.news.notify_all()

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(20), self.news:
            await self.news.wait_for(true)

    def of(self, job: UUID, *kinds: str) -> list[dict[str, Any]]:
        return [each for each in self.frames if each["job"] == str(job) and each["type"] in kinds]

    async def start(self, prompt: str, **fields: Any) -> UUID:
        request = Enhance(lazy_prompt=prompt, **fields)
        job = StartEnhancement(job=uuid4(), owner=OWNER, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "start", job))
        return job.job

    async def question(self, job: UUID) -> dict[str, Any]:
        await self.until(lambda: self.of(job, "question.asked", *FINAL_TYPES))
        asked: dict[str, Any] = self.of(job, "question.asked")[0]["data"]
        return asked

    async def answer(self, job: UUID, value: str | None) -> None:
        asked = await self.question(job)
        answer = AnswerQuestion(
            job=job,
            kind="enhance",
            owner=OWNER,
            question_id=asked["question_id"],
            answer_id=str(uuid4()),
            value=value,
            declined=value is None,
            answered_at=datetime.now(UTC),
        )
        await self.bus.publish(command(SERVICE, "answer", answer))

    async def end(self, job: UUID) -> dict[str, Any]:
        await self.until(lambda: self.of(job, *FINAL_TYPES))
        return self.of(job, *FINAL_TYPES)[0]

    async def result(self, job: UUID) -> Enhanced:
        final = await self.end(job)
        assert final["type"] == "job.completed", final
        return Enhanced.model_validate(final["data"]["result"])


@pytest.fixture
def base_url() -> str | None:
    """The model's address; none is offline mode."""
    return None


@pytest.fixture
async def site(tmp_path: Path, base_url: str | None) -> AsyncIterator[Site]:
    settings = EnhancerSettings.model_validate(
        {"data": tmp_path, "base_url": base_url, "model": "test-model", "step_backoff": 0.01, "step_attempts": 2}
    )
    broker = make_broker(settings, service=SERVICE)
    enhancer = create(settings, broker)
    site = Site(enhancer.service.bus)
    broker.subscriber(RabbitQueue("test.listener", routing_key="#"), EVENTS)(site.hear)
    await enhancer.start()
    yield site
    await enhancer.stop()


@pytest.fixture(scope="session")
def model_address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
async def model(model_address: str) -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel(model_address) as model:
        await model.reset()
        yield model
