"""The uniform API: snapshots, lists, cancelling and answering, each seen by its owner only."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest


async def test_a_snapshot_has_every_member_and_follows_the_job(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    snapshot = await gateway.job(job)
    assert set(snapshot) == {
        *("id", "kind", "status", "progress", "stage", "input", "result", "partial", "error", "usage", "mode", "model"),
        *("question", "epoch", "seq", "created_at", "started_at", "completed_at", "attempts", "trace_id"),
    }
    assert (snapshot["status"], snapshot["seq"], snapshot["attempts"]) == ("pending", 1, 0)
    await worker.start(job)
    question = await worker.ask(job)
    waiting = await gateway.job_when(job, lambda s: s["seq"] == 3)
    assert (waiting["status"], waiting["mode"], waiting["attempts"]) == ("waiting", "offline", 1)
    assert waiting["question"]["question_id"] == question
    assert waiting["question"]["schema"] == {"type": "string", "minLength": 1}


async def test_an_answer_wins_once_and_repeats_are_harmless(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    question = await worker.ask(job)
    await gateway.job_when(job, lambda s: s["question"] is not None)

    first = await gateway.answer(job, question, value="formal", answer_id="mine")
    assert first.status_code == 200, first.text
    assert first.json()["value"] == "formal"
    assert (await gateway.job(job))["question"] is None
    again = await gateway.answer(job, question, value="formal", answer_id="mine")
    assert (again.status_code, again.json()) == (200, first.json())
    other = await gateway.answer(job, question, value="friendly", answer_id="yours")
    assert (other.status_code, other.json()["code"]) == (409, "already_answered")
    assert other.json()["accepted"]["value"] == "formal"
    assert other.headers["content-type"] == "application/problem+json"

    await worker.answered(job)
    await worker.complete(job, 5)
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    assert (await gateway.answer(job, question, value="formal", answer_id="mine")).status_code == 200
    assert len(worker.named("answer", job)) == 1


async def test_many_answers_at_once_have_one_winner(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    question = await worker.ask(job)
    await gateway.job_when(job, lambda s: s["question"] is not None)
    answers = await asyncio.gather(*(gateway.answer(job, question, value=f"tone {n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    winner = next(answer.json()["value"] for answer in answers if answer.status_code == 200)
    assert {answer.json()["accepted"]["value"] for answer in answers if answer.status_code == 409} == {winner}
    assert (await worker.command("answer", job))["value"] == winner


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": 7}, 422),
        ({"value": ""}, 422),
        ({}, 422),
        ({"value": "x", "answer_id": ""}, 422),
        ({"declined": True}, 200),
    ],
)
async def test_an_answer_has_to_fit_its_question(gateway: Any, worker: Any, body: dict[str, Any], status: int) -> None:
    job = await gateway.submit()
    await worker.start(job)
    question = await worker.ask(job)
    await gateway.job_when(job, lambda s: s["question"] is not None)
    assert (await gateway.answer(job, question, **body)).status_code == status


async def test_an_answer_after_the_deadline_or_the_end_is_gone(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    late = await worker.ask(job, 3, seconds=-1)
    await gateway.job_when(job, lambda s: s["question"] is not None)
    assert (await gateway.answer(job, late, value="formal")).json()["code"] == "question_expired"
    await worker.emit(job, "question.expired", 4, question_id=late, default_used=True, default="formal")
    unanswered = await worker.ask(job, 5)
    await worker.complete(job, 6)
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    for question in (late, unanswered):
        assert (await gateway.answer(job, question, value="formal")).status_code == 410
    assert (await gateway.answer(job, str(uuid4()), value="formal")).status_code == 404


async def test_cancelling_waits_for_the_worker_and_is_idempotent(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    cancelling = asyncio.create_task(gateway.http.delete(f"/v1/jobs/{job}"))
    assert (await worker.command("cancel", job))["seq"] in {1, 2}
    await worker.emit(job, "job.cancelled", 3, partial={"draft": "Dear"})
    cancelled = await cancelling
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["partial"] == {"draft": "Dear"}
    again = await gateway.http.post(f"/v1/jobs/{job}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")


async def test_cancelling_a_job_that_takes_its_time_is_accepted(start_gateway: Any) -> None:
    gateway = await start_gateway(cancel_wait=0.05)
    job = await gateway.submit()
    for _ in range(2):
        answer = await gateway.http.delete(f"/v1/jobs/{job}/")
        assert (answer.status_code, answer.json()["status"]) == (202, "pending")


async def test_a_finished_job_cannot_be_cancelled(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    await worker.complete(job, 3)
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    assert (await gateway.http.delete(f"/v1/jobs/{job}")).json()["code"] == "job_finished"
    assert (await gateway.http.delete(f"/v1/jobs/{job}")).status_code == 409


async def test_lists_are_filtered_and_paged_without_repeats(gateway: Any, worker: Any) -> None:
    jobs = [await gateway.submit() for _ in range(5)]
    await worker.start(jobs[0])
    await worker.complete(jobs[0], 3)
    await gateway.job_when(jobs[0], lambda s: s["status"] == "completed")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while cursor is not None:
        page = (await gateway.http.get("/v1/jobs", params={"limit": 2, **cursor})).json()
        seen += [job["id"] for job in page["jobs"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None  # type: ignore[assignment]
    assert seen == jobs[::-1]
    done = (await gateway.http.get("/v1/jobs", params={"status": "completed", "kind": "enhance"})).json()
    assert [job["id"] for job in done["jobs"]] == [jobs[0]]
    await gateway.job_when(jobs[0], lambda s: s["seq"] == 3)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=nope", "status=odd", "kind=%00", "kind=A%20B", "cursor=%F0"]
)
async def test_odd_queries_are_client_errors(gateway: Any, query: str) -> None:
    answer = await gateway.http.get(f"/v1/jobs?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_belongs_to_another_user_does_not_exist(start_gateway: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    mine, theirs = await gateway.sign_in("ann"), await gateway.sign_in("bob")
    posted = await gateway.http.post("/api/enhance", json={"lazy_prompt": "x"}, headers=mine)
    job = posted.json()["task_id"]
    path = f"/v1/jobs/{job}"
    assert (await gateway.http.get(path, headers=mine)).status_code == 200
    answers = [
        await gateway.http.get(path, headers=theirs),
        await gateway.http.delete(path, headers=theirs),
        await gateway.http.get(f"{path}/events", headers=theirs),
        await gateway.http.post(f"{path}/questions/{uuid4()}/answer", json={"value": "x"}, headers=theirs),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (await gateway.http.get("/v1/jobs", headers=theirs)).json()["jobs"] == []
    assert (await gateway.http.get(path)).status_code == 401
    async with gateway.socket(f"/ws/enhance/{job}", additional_headers=theirs) as socket:
        assert await socket.close_code() == 4404


async def test_the_same_idempotency_key_makes_one_job(gateway: Any, worker: Any) -> None:
    headers = {"Idempotency-Key": "k"}
    body = {"task": "t", "lazy_prompt": "p"}
    answers = await asyncio.gather(*(gateway.http.post("/api/enhance", json=body, headers=headers) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["task_id"] for answer in answers if answer.status_code == 202}) == 1
    assert len((await gateway.http.get("/v1/jobs")).json()["jobs"]) == 1
    other = await gateway.http.post("/api/enhance", json={**body, "task": "u"}, headers=headers)
    assert other.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b'{"lazy_prompt": ""}',
        b'{"lazy_prompt": 7}',
        b'{"lazy_prompt": "a\\u0000b"}',
        b'{"lazy_prompt": "\\ud800"}',
        b'{"lazy_prompt": "x", "run_at": "soon"}',
        b'{"lazy_prompt": "x", "budget": {"tokens": -1}}',
        b'{"lazy_prompt": "x", "webhook_url": "http://example.com/"}',
        b"[" * 50_000,
    ],
)
async def test_bad_bodies_are_client_errors_and_store_nothing(gateway: Any, body: bytes) -> None:
    answer = await gateway.http.post("/api/enhance/", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await gateway.http.get("/v1/jobs")).json()["jobs"] == []


async def test_a_megabyte_is_too_large(gateway: Any) -> None:
    answer = await gateway.http.post("/api/enhance/", json={"lazy_prompt": "x" * 1_000_000})
    assert answer.status_code == 413


async def test_unknown_fields_are_ignored(gateway: Any, worker: Any) -> None:
    job = await gateway.submit(colour="green", budget={"calls": 3}, priority="batch")
    command = await worker.command("start", job)
    assert (command["budget"]["calls"], command["priority"]) == (3, "batch")
    assert "colour" not in command["input"]
