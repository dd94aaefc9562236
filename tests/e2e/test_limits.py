"""Later, in turn, in pages, at a rate: what Parley holds back, and what it still answers correctly meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from support.clients import assert_whole, eventually
from support.system import QUICK, Embedded
from support.visitor import Visitor, assert_problem, sign_in
from websockets.exceptions import ConnectionClosed

from parley_standalone.stack import Stack

MANY = 250
LIMITED = {
    "PARLEY_AUTH": "jwt",
    "PARLEY_JWT_SECRET": "a secret of these tests, long enough for HS256",
    "PARLEY_RATE_USER": "10/minute",
    "PARLEY_RATE_AUTH": "8/minute",
    "PARLEY_RATE_IP": "1000/minute",
    "PARLEY_CONNECTIONS_PER_USER": "2",
}


@pytest_asyncio.fixture
async def limited(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """A system that allows little."""
    async with Embedded(tmp_path_factory.mktemp("limited"), QUICK | LIMITED) as running:
        yield running


async def test_job_for_later_starts_then_and_not_before(visitor: Visitor) -> None:
    at = datetime.now(UTC) + timedelta(seconds=2)
    job = await visitor.submit("thanks", run_at=at.isoformat())
    assert (await visitor.job(job))["status"] == "pending"
    snapshot = await visitor.ended(job)
    assert datetime.fromisoformat(snapshot["started_at"]) >= at


async def test_job_for_later_can_be_cancelled_before(visitor: Visitor) -> None:
    job = await visitor.submit(run_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    answer = await visitor.cancel(job)
    assert answer.status_code in {200, 202}
    assert (await visitor.ended(job))["started_at"] is None


async def test_time_that_has_passed_means_now(visitor: Visitor) -> None:
    for past in ("2001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"):
        assert (await visitor.ended(await visitor.submit("thanks", run_at=past)))["status"] == "completed"


async def test_budget_of_no_time_ends_the_job(visitor: Visitor) -> None:
    job = await visitor.ended(await visitor.submit(budget={"seconds": 1e-9}))
    assert (job["status"], job["error"]["code"]) == ("failed", "time_limit")


async def test_lists_are_filtered_and_lead_through_all_pages_once(visitor: Visitor) -> None:
    oldest = await visitor.submit("thanks")
    await visitor.ended(oldest)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = [await visitor.submit("thanks", run_at=later) for _ in range(MANY)]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while oldest not in seen:
        page = (await visitor.http.get("/v1/jobs", params={"limit": 60} | cursor)).json()
        assert len(page["jobs"]) <= 60
        seen += [each["id"] for each in page["jobs"]]
        cursor = {"cursor": page["next_cursor"]}
    assert [job for job in seen if job >= oldest] == [*reversed(made), oldest]
    put_off = (await visitor.http.get("/v1/jobs/", params={"status": "pending", "kind": "enhance"})).json()["jobs"]
    assert [each["id"] for each in put_off] == made[:-51:-1]
    done = (await visitor.http.get("/v1/jobs", params={"status": "completed", "limit": 1})).json()["jobs"]
    assert [each["id"] for each in done] == [oldest]
    assert (await visitor.http.get("/v1/jobs", params={"kind": "research"})).json()["jobs"] == []


async def test_event_stream_ends_behind_the_final_event_and_has_nothing_after_it(visitor: Visitor) -> None:
    job = await visitor.submit()
    async with visitor.events(job) as stream:
        await stream.until("question.asked")
        await visitor.decline(job)
        frames = await stream.to_the_end()
    assert_whole([frame for frame in frames if frame["seq"]])
    answer = await visitor.http.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": str(stream.last_id)})
    assert answer.status_code == 204


async def test_same_key_and_body_is_one_job_however_often_and_at_once(visitor: Visitor) -> None:
    key = {"Idempotency-Key": "once-only"}
    body = {"lazy_prompt": "thanks", "task": "of the key"}
    answers = await asyncio.gather(*(visitor.http.post("/api/enhance", json=body, headers=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    later = await visitor.http.post("/api/enhance/", json=body, headers=key)
    first = {answer.json()["task_id"] for answer in [*answers, later] if answer.status_code == 202}
    assert len(first) == 1
    assert later.headers["location"] == f"/v1/jobs/{first.pop()}"
    jobs = (await visitor.http.get("/v1/jobs", params={"limit": 30})).json()["jobs"]
    assert sum(each["input"]["task"] == "of the key" for each in jobs) == 1


async def test_same_key_with_another_body_is_refused(visitor: Visitor) -> None:
    key = {"Idempotency-Key": "another-body"}
    assert (await visitor.http.post("/api/enhance", json={"lazy_prompt": "thanks"}, headers=key)).status_code == 202
    answer = await visitor.http.post("/api/enhance", json={"lazy_prompt": "thank you"}, headers=key)
    assert assert_problem(answer, 422)["code"] == "idempotency_key_reused"


async def test_refused_request_does_not_use_up_its_key(visitor: Visitor) -> None:
    key = {"Idempotency-Key": "refused-first"}
    assert_problem(await visitor.http.post("/api/enhance", json={"lazy_prompt": ""}, headers=key), 422)
    assert (await visitor.http.post("/api/enhance", json={"lazy_prompt": "thanks"}, headers=key)).status_code == 202


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ключ", "a\tb"])
async def test_unusable_key_is_refused(visitor: Visitor, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode()}
    assert_problem(await visitor.http.post("/api/enhance", json={"lazy_prompt": "thanks"}, headers=headers), 422)


async def test_user_over_the_rate_is_told_when_to_come_back_and_others_are_not(limited: Embedded) -> None:
    tokens = [await sign_in(limited.url, name) for name in ("ada", "bob")]
    async with Visitor(limited.url, token=tokens[0]) as ada, Visitor(limited.url, token=tokens[1]) as bob:
        answers = [await ada.http.post("/api/enhance", json={"lazy_prompt": "thanks"}) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [202] * 10 + [429]
        assert assert_problem(answers[-1], 429)["code"] == "rate_limited"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert re.fullmatch(r'"user";r=0;t=\d+', answers[-1].headers["ratelimit"])
        assert (await ada.http.get("/v1/jobs")).status_code == 200
        await bob.submit("thanks")
        guesses = [await bob.http.post("/auth/token", data={"username": "ada", "password": "guess"}) for _ in range(9)]
        assert guesses[-1].status_code == 429


async def test_user_has_as_many_connections_as_allowed_and_gets_them_back(limited: Embedded) -> None:
    async with Visitor(limited.url, token=await sign_in(limited.url, "ada")) as ada:
        job = await ada.submit()
        async with ada.line() as one, ada.events(job) as _:
            assert (await one.hear())["type"] == "hello"
            async with ada.line() as third:
                assert await third.close_code() == 1013
            answer = await ada.http.get(f"/v1/jobs/{job}/events")
            assert assert_problem(answer, 429)["code"] == "too_many_connections"

        async def is_let_in() -> bool:
            async with ada.line() as again:
                try:
                    return bool((await again.hear())["type"] == "hello")
                except ConnectionClosed:
                    return False

        await eventually(is_let_in)


async def test_numbers_are_prometheus_text_and_name_no_job(visitor: Visitor) -> None:
    job = await visitor.submit("thanks")
    await visitor.ended(job)
    text = (await visitor.http.get("/metrics")).text
    families = {family.name for family in text_string_to_metric_families(text)}
    assert {"parley_http_requests", "parley_sockets_open", "parley_events_recorded"} <= families
    assert job not in text


@pytest.mark.connected
async def test_batch_job_goes_through_the_batch_queue(stack: Stack) -> None:
    async def delivered(queue: str) -> int:
        async with stack.rabbit.management() as api:
            found = (await api.get(f"/queues/%2F/{queue}")).json()
        return int(found.get("message_stats", {}).get("publish", 0))

    async with Visitor(stack.url) as visitor:
        before = await delivered("enhancer.batch")
        job = await visitor.ended(await visitor.submit("thanks", priority="batch"))
        assert job["status"] == "completed", job["error"]
        async with asyncio.timeout(30):
            while await delivered("enhancer.batch") <= before:  # noqa: ASYNC110 - RabbitMQ counts every few seconds
                await asyncio.sleep(0.2)
