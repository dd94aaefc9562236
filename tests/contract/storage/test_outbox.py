"""The transactional outbox on both databases: what commits is published, whoever has to do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from parley_common.bus.message import EVENTS, Outgoing
from parley_common.errors import RetryableError
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.tables import outbox
from parley_common.storage.database import Database
from parley_common.storage.relay import Relay


class Broker:
    """Takes what it is given once it is open."""

    def __init__(self, news: asyncio.Condition | None = None) -> None:
        self.taken: list[Outgoing] = []
        self.open = True
        self.news = news or asyncio.Condition()

    async def publish(self, message: Outgoing, *, persist: bool = True) -> None:
        if not self.open:
            raise RetryableError("closed")
        self.taken.append(message)
        async with self.news:
            self.news.notify_all()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.taken) >= count)


@pytest.fixture
def settings(sql_url: str | None, tmp_path: Path) -> RuntimeSettings:
    url = SecretStr(sql_url) if sql_url else None
    return RuntimeSettings(data=tmp_path, database_url=url, outbox_sweep=0.05)


@pytest.fixture
async def database(settings: RuntimeSettings) -> AsyncIterator[Database]:
    database = Database.open(settings, "enhancer", "parley_common.runtime.migrations")
    await database.upgrade()
    yield database
    await database.close()


@pytest.fixture
async def broker() -> Broker:
    return Broker()


def message(number: int, **fields: object) -> Outgoing:
    return Outgoing(EVENTS, "enhancer.job.started.v1", str(number).encode(), {"n": str(number)}, **fields)  # type: ignore[arg-type]


async def backlog(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(outbox))).scalar_one())


async def test_message_leaves_after_its_commit_and_its_row_goes_with_the_confirm(
    database: Database, broker: Broker, settings: RuntimeSettings
) -> None:
    relay = Relay(database, broker, settings)
    async with database.transaction() as transaction:
        transaction.send(message(1))
        assert broker.taken == []
    await broker.until(1)
    await relay.stop()
    assert [m.body for m in broker.taken] == [b"1"]
    assert await backlog(database) == 0


async def test_rolled_back_message_is_never_published(
    database: Database, broker: Broker, settings: RuntimeSettings
) -> None:
    relay = Relay(database, broker, settings)

    async def fail_midway() -> None:
        async with database.transaction() as transaction:
            transaction.send(message(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_midway()
    await relay.start()
    await relay.stop()
    assert (broker.taken, await backlog(database)) == ([], 0)


async def test_what_a_dead_process_left_behind_is_published_by_another_once_it_is_due(
    database: Database, broker: Broker, settings: RuntimeSettings
) -> None:
    async with database.transaction() as transaction:  # no relay hears of it: its process dies here
        transaction.send(message(1), message(2))
    relay = Relay(database, broker, settings)
    await relay.start()
    async with database.transaction() as transaction:
        await transaction.execute(update(outbox).values(due_at=datetime.now(UTC)))
    await broker.until(2)
    await relay.stop()
    assert {m.headers["n"] for m in broker.taken} == {"1", "2"}
    assert await backlog(database) == 0


async def test_process_that_wrote_a_message_has_it_to_itself_for_as_long_as_the_settings_say(
    broker: Broker, settings: RuntimeSettings
) -> None:
    brief = settings.model_copy(update={"outbox_hand_over": 0.05})
    database = Database.open(brief, "enhancer", "parley_common.runtime.migrations")
    await database.upgrade()
    async with database.transaction() as transaction:  # no relay hears of it: its process dies here
        transaction.send(message(1))
    relay = Relay(database, broker, brief)
    await relay.start()
    await broker.until(1)
    await relay.stop()
    await database.close()


async def test_two_relays_do_not_take_the_same_row(database: Database, settings: RuntimeSettings) -> None:
    news = asyncio.Condition()
    brokers = Broker(news), Broker(news)
    async with database.transaction() as transaction:
        transaction.send(*(message(n) for n in range(200)))
    async with database.transaction() as transaction:
        await transaction.execute(update(outbox).values(due_at=datetime.now(UTC)))
    relays = [Relay(database, broker, settings) for broker in brokers]
    for relay in relays:
        await relay.start()
    async with asyncio.timeout(10), news:
        await news.wait_for(lambda: sum(len(broker.taken) for broker in brokers) >= 200)
    for relay in relays:
        await relay.stop()
    assert await backlog(database) == 0
    assert sorted(int(m.body) for broker in brokers for m in broker.taken) == list(range(200))


async def test_message_for_later_waits_for_its_time(
    database: Database, broker: Broker, settings: RuntimeSettings
) -> None:
    relay = Relay(database, broker, settings)
    await relay.start()
    later = datetime.now(UTC) + timedelta(hours=1)
    async with database.transaction() as transaction:
        transaction.send(message(1, available_at=later), message(2))
    await broker.until(1)
    assert [m.body for m in broker.taken] == [b"2"]
    async with database.transaction() as transaction:
        await transaction.execute(update(outbox).values(due_at=datetime.now(UTC)))
    await broker.until(2)
    await relay.stop()
    assert [m.body for m in broker.taken] == [b"2", b"1"]


async def test_message_is_published_as_soon_as_the_broker_is_back(
    database: Database, broker: Broker, settings: RuntimeSettings
) -> None:
    broker.open = False
    relay = Relay(database, broker, settings)
    await relay.start()
    async with database.transaction() as transaction:
        transaction.send(message(1))
    assert relay.backlog == 1
    broker.open = True
    await broker.until(1)
    await relay.stop()
    assert await backlog(database) == 0
