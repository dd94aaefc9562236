"""Turns in SQL, on SQLite and on PostgreSQL: in order, each once, for one owner, and gone when forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from parley_chat.domain.passages import Turn
from parley_chat.store.turns import MIGRATIONS, SqlTurns
from parley_common.errors import RetryableError
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
