"""The enhancer as it runs: its own composition root, the real runtime on SQLite, the in-process broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.contract.listening import Listener

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.contracts.commands import AnswerQuestion, StartEnhancement
from parley_common.contracts.enhance import Enhance, Enhanced
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_enhancer.app import SERVICE, create
from parley_enhancer.settings import EnhancerSettings

OWNER = "ada"


@dataclass
class Site(Listener):
    """One running enhancer and everything it has said."""

    bus: Bus

    async def start(self, prompt: str, **fields: Any) -> UUID:
        request = Enhance(lazy_prompt=prompt, **fields)
        job = StartEnhancement(job=uuid4(), owner=OWNER, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "start", job))
        return job.job

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

    async def result(self, job: UUID) -> Enhanced:
        return Enhanced.model_validate(await self.completed(job))


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
    site.listen(broker)
    await enhancer.start()
    yield site
    await enhancer.stop()


@pytest.fixture
def model(scripted: ScriptedModel) -> ScriptedModel:
    return scripted
