"""Keys, accounts and notifications under concurrency, the same on every database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, update

from parley_common.contracts.events import Completed, JobCompleted
from parley_common.errors import Conflict, Invalid
from parley_common.storage.database import Database
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.notify.outgoing import enqueue
from parley_gateway.store import accounts, idempotency, notifications
from parley_gateway.store.tables import metadata

KEY = IdempotencyKey("ada", "k", "fingerprint", timedelta(days=1))


async def test_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        columns = await connection.run_sync(
            lambda sync: {
                table: {column["name"]: column["nullable"] for column in inspect(sync).get_columns(table)}
                for table in inspect(sync).get_table_names()
            }
        )
    for name in ("account", "idempotency", "notification"):
        expected = {column.name: bool(column.nullable) for column in metadata.tables[name].columns}
        assert columns[name] == expected


async def post(database: Database, made: list[str], name: str) -> tuple[Answer, bool]:
    async with database.transaction() as transaction:
        if first := await replay(transaction, KEY):
            return first, True
        made.append(name)
        answer = Answer(202, {"made": name}, {"Location": f"/{name}"})
        await remember(transaction, KEY, answer)
        return answer, False


async def test_one_of_many_with_the_same_key_does_the_work(database: Database) -> None:
    made: list[str] = []
    answers = await asyncio.gather(*(post(database, made, str(number)) for number in range(20)))
    assert len(made) == 1
    assert [replayed for _, replayed in answers].count(False) == 1
    assert {(answer.status, answer.headers["Location"]) for answer, _ in answers} == {(202, f"/{made[0]}")}


async def test_second_takes_over_when_the_first_fails(database: Database) -> None:
    claimed, fail = asyncio.Event(), asyncio.Event()
    made: list[str] = []

    async def first() -> None:
        async with database.transaction() as transaction:
            assert await replay(transaction, KEY) is None
            claimed.set()
            await fail.wait()
            raise ZeroDivisionError

    failing = asyncio.create_task(first())
    await claimed.wait()
    second = asyncio.create_task(post(database, made, "second"))
    fail.set()
    with pytest.raises(ZeroDivisionError):
        await failing
    answer, replayed = await second
    assert (answer.body, replayed, made) == ({"made": "second"}, False, ["second"])


async def test_another_body_is_refused_and_a_claim_without_answer_is_at_work(database: Database) -> None:
    async with database.transaction() as transaction:
        assert await replay(transaction, KEY) is None
    for key, error in ((KEY, Conflict), (IdempotencyKey("ada", "k", "other", KEY.keep), Invalid)):
        with pytest.raises(error):
            async with database.transaction() as transaction:
                await replay(transaction, key)
    async with database.transaction() as transaction:
        assert await replay(transaction, IdempotencyKey("grace", "k", "other", KEY.keep)) is None


async def test_expired_claim_is_taken_by_one(database: Database) -> None:
    async with database.transaction() as transaction:
        await replay(transaction, KEY)
        past = datetime.now(UTC) - timedelta(seconds=1)
        await transaction.execute(update(idempotency.idempotency).values(expires_at=past))
    made: list[str] = []
    await asyncio.gather(*(post(database, made, str(number)) for number in range(10)))
    assert len(made) == 1


async def test_name_is_given_to_one_of_many(database: Database) -> None:
    added = await asyncio.gather(
        *(accounts.add(database, "ada", password_hash=str(number)) for number in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, accounts.UserTaken) for one in added) == 9
    assert await accounts.password_hash_of(database, "ada") == str(added.index(None))


async def take(database: Database) -> list[UUID]:
    async with database.transaction() as transaction:
        return [row.id for row in await notifications.take_due(transaction, limit=3)]


async def test_notification_is_taken_by_one_gateway_at_a_time(database: Database) -> None:
    for _ in range(2):
        for number in range(10):
            job = SimpleNamespace(id=uuid4(), owner="ada", options={"webhook_url": f"https://hooks.example/{number}"})
            event = JobCompleted(job=job.id, seq=2, time=datetime.now(UTC), data=Completed(result=None))
            async with database.transaction() as transaction:
                await enqueue(transaction, job, event)
                await enqueue(transaction, job, event)
    taken = [one for batch in await asyncio.gather(*(take(database) for _ in range(10))) for one in batch]
    taken += [one for _ in range(7) for one in await take(database)]
    assert len(taken) == len(set(taken)) == 20
    assert await take(database) == []


async def test_end_of_an_outdated_attempt_changes_nothing(database: Database) -> None:
    job = SimpleNamespace(id=uuid4(), owner="ada", options={"notify_email": "ada@example.org"})
    event = JobCompleted(job=job.id, seq=2, time=datetime.now(UTC), data=Completed(result=None))
    async with database.transaction() as transaction:
        await enqueue(transaction, job, event)
    [identity] = await take(database)
    async with database.transaction() as transaction:
        now = datetime.now(UTC)
        await notifications.postpone(transaction, identity, attempt=1, until=now, problem="away")
    assert await take(database) == [identity]
    async with database.transaction() as transaction:
        await notifications.end(transaction, identity, attempt=1, problem="outdated")
        await notifications.postpone(transaction, identity, attempt=2, until=now, problem="away")
    assert await take(database) == [identity]
