"""What dies, comes twice or is deleted in the middle: a turn is stored once or not at all, and so are its vectors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from parley_common.contracts.chat import Chat
from parley_common.contracts.commands import StartChat
from parley_common.errors import RetryableError
from parley_common.vectors.index import Point

REVENUE = "Revenue of Acme in the third quarter was 5 million dollars."
QUESTION = "What was the revenue of Acme in the third quarter?"
LATER = UUID(int=2**128 - 1)


@pytest.fixture
def base_url(model_address: str) -> str:
    return f"{model_address}/v1"


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"lease": 1.0, "heartbeat": 3600.0, "sweep": 3600.0, "stop_grace": 0.0}


async def stored(site: Any, conversation: UUID) -> list[tuple[str, str]]:
    """The turns in SQL; there is a vector for each of them and for nothing else."""
    turns = await site.service.turns.before("ada", conversation, LATER, limit=99)
    points = [each for each in site.index.points.values() if each.source == conversation]
    assert sorted(point.version for point in points) == sorted(turn.number for turn in turns)
    return [(turn.question, turn.answer) for turn in turns]


async def test_an_answer_goes_on_where_its_worker_died_and_is_stored_once(site: Any, model: Any) -> None:
    await site.add(REVENUE)
    conversation = uuid4()
    await model.script({"stream": True, "gate": "never", "name": "lost"}, {"stream": True, "text": "5 million [1]."})
    job = await site.ask(QUESTION, conversation)
    await model.gate("never", waiting=1)
    done = site.steps(job)
    assert {"embed queries", "search documents", "search earlier turns"} <= set(done)
    await site.die()
    await site.another_worker()
    assert (await site.result(job)).answer == "5 million [1]."
    assert site.steps(job)[: len(done)] == done
    assert len(site.steps(job)) == len(set(site.steps(job)))
    assert await stored(site, conversation) == [(QUESTION, "5 million [1].")]


async def test_a_question_delivered_twice_is_answered_and_stored_once(site: Any, model: Any) -> None:
    conversation, job = uuid4(), uuid7()
    start = StartChat(
        job=job, owner="ada", created_at=datetime.now(UTC), input=Chat(query=QUESTION, conversation=conversation)
    )
    await site.begin(start)
    await site.begin(start)
    await site.result(job)
    await site.answer("What else?", conversation, history=[])
    assert [question for question, _ in await stored(site, conversation)] == [QUESTION, "What else?"]


async def test_a_conversation_deleted_while_it_is_answered_stays_deleted(site: Any, model: Any) -> None:
    await site.add(REVENUE)
    conversation = uuid4()
    await model.script({"stream": True, "gate": "writing", "text": "5 million [1]."})
    job = await site.ask(QUESTION, conversation)
    await model.gate("writing", waiting=1)
    assert (await site.forget(conversation)).vectors == 0
    await model.open("writing")
    await site.result(job)
    assert await stored(site, conversation) == []
    assert any(QUESTION in each for each in await site.kept())
    await site.settle()
    assert await site.kept() == []


async def test_a_question_right_behind_a_stopped_answer_knows_of_it(site: Any, model: Any) -> None:
    await site.add(REVENUE)
    conversation = uuid4()
    await model.script({"stream": True, "text": "It was 5 million dollars, " * 9, "stall": True, "pause_after": 2})
    job = await site.ask(QUESTION, conversation)
    await site.until(lambda: site.of(job, "message.delta"))
    await site.cancel(job)
    assert (await site.end(job))["type"] == "job.cancelled"
    await model.script({"stream": True, "contains": "stopped here by the user", "text": "5 million [1]."})
    assert (await site.answer("Go on with the revenue of Acme.", conversation)).answer == "5 million [1]."
    await site.settle()
    assert [question for question, _ in await stored(site, conversation)] == [
        QUESTION,
        "Go on with the revenue of Acme.",
    ]


async def test_a_turn_that_was_stored_when_its_job_was_stopped_is_found_all_the_same(site: Any, model: Any) -> None:
    """Nobody is left who could put it into the index: another worker ends the job."""
    await site.add(REVENUE)
    conversation = uuid4()
    await model.script({"stream": True, "text": "It was 5 million dollars [1]."})
    held = site.index.upsert

    async def frozen(points: list[Point]) -> None:
        await asyncio.Event().wait()

    site.index.upsert = frozen
    job = await site.ask(QUESTION, conversation)
    await site.until(lambda: "store turn" in site.steps(job))
    await site.die()
    site.index.upsert = held
    await site.another_worker()
    await site.cancel(job)
    await site.end(job)
    await site.settle()
    assert await stored(site, conversation) == [(QUESTION, "It was 5 million dollars [1].")]


async def test_a_turn_that_overtakes_the_deletion_takes_itself_back(site: Any, model: Any) -> None:
    await site.add(REVENUE)
    conversation, upsert = uuid4(), site.index.upsert

    async def after_the_deletion(points: list[Point]) -> None:
        await site.service.turns.forget("ada", conversation)
        await upsert(points)

    site.index.upsert = after_the_deletion
    await model.script({"stream": True, "text": "5 million [1]."})
    await site.answer(QUESTION, conversation)
    assert await stored(site, conversation) == []


async def test_an_index_that_is_away_for_a_moment_costs_nothing_but_the_moment(site: Any, model: Any) -> None:
    await site.add(REVENUE)
    conversation, upsert, failures = uuid4(), site.index.upsert, [RetryableError("away", code="vectors_unavailable")]

    async def away_at_first(points: list[Point]) -> None:
        if failures:
            raise failures.pop()
        await upsert(points)

    site.index.upsert = away_at_first
    await model.script({"stream": True, "text": "5 million [1]."})
    assert (await site.answer(QUESTION, conversation)).usage.calls == 1
    assert await stored(site, conversation) == [(QUESTION, "5 million [1].")]
