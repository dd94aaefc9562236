"""Fifty questions at once: all are answered, and nobody who waits for an answer waits for the batch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from parley_common.bus.message import command
from parley_common.contracts.commands import StartResearch
from parley_common.contracts.datasets import TABLE
from parley_common.contracts.events import FINAL_TYPES
from parley_common.contracts.jobs import Priority
from parley_common.contracts.research import Research
from parley_common.storage.blobs import key_of
from parley_research.app import SERVICE

QUESTION = "How many rows are there?"


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"slots": 2, "batch_slots": 1}


async def test_fifty_jobs_at_once_end_and_the_interactive_ones_overtake_the_batch(site: Any, penguins: Any) -> None:
    await site.result(await site.ask(penguins, QUESTION))  # so that each of them is quick
    jobs = [await submitted(site, penguins, Priority.BATCH) for _ in range(45)]
    waiting = [await submitted(site, penguins, Priority.INTERACTIVE) for _ in range(5)]
    await site.until(lambda: all(site.of(job, *FINAL_TYPES) for job in (*jobs, *waiting)))
    ended = [each["job"] for each in site.frames if each["type"] in FINAL_TYPES]
    places = [[ended.index(str(job)) for job in some] for some in (jobs, waiting)]
    assert {site.of(job, *FINAL_TYPES)[0]["type"] for job in (*jobs, *waiting)} == {"job.completed"}
    assert len(ended) == len(set(ended)) == 51
    assert max(places[1]) < max(places[0])


async def submitted(site: Any, dataset: Any, priority: Priority) -> UUID:
    asked = Research(
        dataset=dataset.id,
        name=dataset.name,
        question=QUESTION,
        table=key_of(TABLE, dataset.id),
        hash=dataset.profile.hash,
    )
    job = StartResearch(job=uuid4(), owner="ada", created_at=datetime.now(UTC), input=asked, priority=priority)
    await site.bus.publish(command(SERVICE, "start", job, priority=priority))
    return job.job
