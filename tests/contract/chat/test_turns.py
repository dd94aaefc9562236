"""Turns in SQL, on SQLite and on PostgreSQL: in order, each once, for one owner, and gone when forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update
from uuid_utils.compat import uuid7

from parley_chat.domain.passages import Past, Summary, Turn
from parley_chat.store.turns import MIGRATIONS, SqlTurns
from parley_common.contracts.jobs import Status
from parley_common.errors import RetryableError
from parley_common.runtime import tables as runtime
from parley_common.runtime.service import MIGRATIONS as RUNTIME
from parley_common.settings import Settings
from parley_common.storage.database import Database

LATER = UUID(int=2**128 - 1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("database_url")("chat") if request.param == "postgresql" else None
    return Settings(data=tmp_path, database_url=url)


@pytest.fixture
async def turns(settings: Settings) -> AsyncIterator[SqlTurns]:
    database = Database.open(settings, "chat", RUNTIME, MIGRATIONS)
    await database.upgrade()
    yield SqlTurns(database)
    await database.close()


async def keep(turns: SqlTurns, conversation: UUID, job: UUID, *, owner: str = "ada") -> Turn | None:
    """What a step does: it is tried again."""
    while True:
        try:
            return await turns.keep(owner, conversation, job=job, question=f"Q {job}", answer="A")
        except RetryableError:
            continue


async def test_turns_come_back_in_the_order_they_were_asked_in(turns: SqlTurns) -> None:
    conversation, jobs = uuid4(), [uuid7() for _ in range(6)]
    kept = await asyncio.gather(*(keep(turns, conversation, job) for job in reversed(jobs)))
    assert sorted(turn.number for turn in kept if turn) == [1, 2, 3, 4, 5, 6]
    assert [turn.job for turn in await turns.before("ada", conversation, LATER, limit=4)] == jobs[2:]
    assert [turn.job for turn in await turns.before("ada", conversation, jobs[2], limit=9)] == jobs[:2]
    assert await turns.before("eve", conversation, LATER, limit=9) == []


async def test_a_turn_kept_twice_is_one(turns: SqlTurns) -> None:
    conversation, job = uuid4(), uuid7()
    first, again = await keep(turns, conversation, job), await keep(turns, conversation, job)
    assert first == again
    assert len(await turns.before("ada", conversation, LATER, limit=9)) == 1


async def test_what_is_forgotten_stays_forgotten_for_its_owner_alone(turns: SqlTurns) -> None:
    conversation = uuid4()
    await keep(turns, conversation, uuid7())
    assert await turns.forget("eve", uuid4()) == 0
    assert (await turns.forget("ada", conversation), await turns.forget("ada", conversation)) == (1, 0)
    assert await turns.is_forgotten("ada", conversation)
    assert not await turns.is_forgotten("eve", conversation)
    assert await keep(turns, conversation, uuid7()) is None


async def test_a_summary_is_kept_unless_one_goes_farther_or_the_conversation_is_gone(turns: SqlTurns) -> None:
    conversation, jobs = uuid4(), [uuid7() for _ in range(5)]
    for job in jobs:
        await keep(turns, conversation, job)
    for upto, text in ((jobs[2], "three\0"), (jobs[1], "two")):
        await turns.keep_summary("ada", conversation, Summary(text=text, upto=upto))
    await turns.keep_summary("eve", conversation, Summary(text="eve's", upto=jobs[4]))
    past = await turns.begin("ada", conversation, LATER, limit=9)
    assert past.summary == Summary(text="three", upto=jobs[2])
    assert [turn.job for turn in past.turns] == jobs[3:]
    assert await turns.begin("eve", conversation, LATER, limit=9) == Past()
    await turns.forget("ada", conversation)
    await turns.keep_summary("ada", conversation, Summary(text="late", upto=jobs[4]))
    assert await turns.begin("ada", conversation, LATER, limit=9) == Past()


async def test_what_jobs_left_is_seen_once_they_have_ended_and_then_settled(turns: SqlTurns) -> None:
    conversation, other = uuid4(), uuid4()
    running, stopped, failed = [await begun(turns, conversation, status) for status in (RUN, STOP, FAIL)]
    elsewhere = await begun(turns, other, STOP)
    past = await turns.begin("ada", conversation, LATER, limit=9)
    assert [(turn.job, turn.answer, turn.stopped) for turn in past.turns] == [(stopped, "so far", True)]
    assert {each.job for each in await turns.ended(limit=9)} == {stopped, failed, elsewhere}
    for each in await turns.ended(limit=9):
        assert bool(await turns.left_by(each)) == (each.job != failed)
        await turns.settle(each)
    assert await turns.ended(limit=9) == []
    assert len(await turns.before("ada", conversation, LATER, limit=9)) == 1
    await ends(turns, running, STOP)
    await turns.forget("ada", conversation)
    (late,) = await turns.ended(limit=9)
    assert await turns.left_by(late) is None
    await turns.settle(late)
    assert await turns.before("ada", conversation, LATER, limit=9) == []


RUN, STOP, FAIL = Status.RUNNING, Status.CANCELLED, Status.FAILED


async def begun(turns: SqlTurns, conversation: UUID, status: Status) -> UUID:
    """A job that answered in a conversation, as the runtime keeps it."""
    job = uuid7()
    await turns.begin("ada", conversation, job, limit=9)
    request = {"query": "Why?", "conversation": str(conversation)}
    row = {"id": job, "kind": "chat", "owner": "ada", "status": status, "priority": "interactive", "input": request}
    zero: dict[str, Any] = dict.fromkeys(("epoch", "last_seq", "fence", "attempts", "crashes"), 1)
    row |= zero | {"cancel_requested": False, "progress": 0.0, "ran_seconds": 0.0, "usage": {}}
    row |= {"partial": {"text": "so far\n"}, "created_at": datetime.now(UTC)}
    async with turns.database.transaction() as transaction:
        await transaction.execute(insert(runtime.job).values(row))
    return job


async def ends(turns: SqlTurns, job: UUID, status: Status) -> None:
    async with turns.database.transaction() as transaction:
        await transaction.execute(update(runtime.job).where(runtime.job.c.id == job).values(status=status))
