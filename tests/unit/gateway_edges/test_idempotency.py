"""A key makes a POST happen once, for its owner, whatever the timing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from parley_common.storage.database import Database
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.store.idempotency import idempotency, purge

KEY = {"Idempotency-Key": "6f1c"}


async def make_expire(database: Database) -> None:
    async with database.transaction() as transaction:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await transaction.execute(update(idempotency).values(expires_at=past))


async def test_repeat_gets_the_first_answer_and_nothing_happens_again(open_gateway: Any) -> None:
    gateway = await open_gateway()
    first, again = [await gateway.client.post("/notes", json={"text": "a"}, headers=KEY) for _ in range(2)]
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"] == "/notes/1"
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert gateway.made == ["a"]


async def test_repeat_with_a_slash_more_is_the_same_request(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for path in ("/notes", "/notes/"):
        assert (await gateway.client.post(path, json={"text": "a"}, headers=KEY)).status_code == 202
    assert gateway.made == ["a"]


async def test_many_at_once_happen_once(open_gateway: Any) -> None:
    gateway = await open_gateway()
    requests = (gateway.client.post("/notes", json={"text": "a"}, headers=KEY) for _ in range(20))
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.headers["location"] for answer in answers} == {"/notes/1"}
    assert gateway.made == ["a"]


async def test_key_with_another_body_is_422(open_gateway: Any) -> None:
    gateway = await open_gateway()
    await gateway.client.post("/notes", json={"text": "a"}, headers=KEY)
    answer = await gateway.client.post("/notes", json={"text": "b"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert gateway.made == ["a"]


async def test_keys_belong_to_their_owner(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    for user in ("ada", "grace"):
        headers = await gateway.sign_up(user) | KEY
        answer = await gateway.client.post("/notes", json={"text": user}, headers=headers)
        assert answer.json()["by"] == user
    assert gateway.made == ["ada", "grace"]


async def test_file_sent_again_is_the_same_request_though_its_boundary_is_not(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for _ in range(2):
        answer = await gateway.client.post("/files", files={"file": ("a.txt", b"hello")}, headers=KEY)
        assert (answer.status_code, answer.json()) == (202, {"size": 5})
    other = await gateway.client.post("/files", files={"file": ("a.txt", b"hallo")}, headers=KEY)
    assert other.status_code == 422
    assert gateway.made == ["a.txt"]


@pytest.mark.parametrize("key", ["", "a" * 256, "with space", "é", "\x7f"])
async def test_unusable_key_is_422(open_gateway: Any, key: str) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", json={"text": "a"}, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 422
    assert gateway.made == []


async def test_refused_request_leaves_its_key_free(open_gateway: Any) -> None:
    gateway = await open_gateway()
    assert (await gateway.client.post("/notes", json={"text": 1}, headers=KEY)).status_code == 422
    assert (await gateway.client.post("/notes", json={"text": "a"}, headers=KEY)).status_code == 202


async def test_work_that_fails_leaves_its_key_free(database: Database) -> None:
    key = IdempotencyKey("ada", "k", "f", timedelta(days=1))

    async def fail() -> None:
        async with database.transaction() as transaction:
            await replay(transaction, key)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.transaction() as transaction:
        assert await replay(transaction, key) is None


async def test_key_of_a_request_at_work_is_409_until_it_lapses(open_gateway: Any, database: Database) -> None:
    gateway = await open_gateway()
    assert (await gateway.client.post("/notes", json={"text": "a"}, headers=KEY)).status_code == 202
    async with database.transaction() as transaction:
        await transaction.execute(update(idempotency).values(status=None))
    answer = await gateway.client.post("/notes", json={"text": "a"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    await make_expire(database)
    assert (await gateway.client.post("/notes", json={"text": "a"}, headers=KEY)).status_code == 202


async def test_expired_key_is_new_again_and_purged(database: Database) -> None:
    key = IdempotencyKey("ada", "k", "f", timedelta(days=1))
    async with database.transaction() as transaction:
        await replay(transaction, key)
        await remember(transaction, key, Answer(201, {"n": 1}))
    await make_expire(database)
    async with database.transaction() as transaction:
        assert await replay(transaction, key) is None
    await make_expire(database)
    async with database.transaction() as transaction:
        await purge(transaction)
        assert (await transaction.execute(select(func.count()).select_from(idempotency))).scalar_one() == 0
