"""The first clients' flow: post, listen, answer, done; and everything that can come between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest


async def test_a_prompt_is_enhanced_with_one_question_on_the_way(gateway: Any, worker: Any) -> None:
    posted = await gateway.http.post(
        "/api/enhance/", json={"task": "mail", "lazy_prompt": "write to the landlord", "use_web_search": True}
    )
    assert posted.status_code == 202
    assert posted.json() == {"task_id": posted.json()["task_id"], "status": "processing"}
    job = posted.json()["task_id"]
    assert posted.headers["Location"] == f"/v1/jobs/{job}"
    assert int(posted.headers["Retry-After"]) >= 1

    async with gateway.socket(f"/ws/enhance/{job}/") as socket:
        command = await worker.command("start", job)
        assert command["input"] == {"task": "mail", "lazy_prompt": "write to the landlord", "use_web_search": True}
        await worker.start(job)
        question = await worker.ask(job)
        asked = await socket.frame()
        assert (asked["type"], asked["question_id"], asked["seq"]) == ("user_question", question, 3)
        assert (asked["question"], asked["options"]) == ("What tone should this prompt have?", ["formal", "friendly"])
        assert asked["default"] == "formal"
        assert asked["expires_at"]

        await socket.say({"type": "user_answer", "answer": "formal"})
        given = await worker.answered(job)
        assert (given["question_id"], given["value"], given["declined"]) == (question, "formal", False)
        assert (await socket.frame())["type"] == "question_answered"

        await worker.emit(job, "job.progress", 5, fraction=0.5, stage="Rewriting")
        await worker.emit(job, "message.delta", None, message_id="m", delta="Dear ", offset=0)
        await worker.complete(job, 6)
        progress, delta, complete = await socket.rest()
        assert (progress["type"], progress["fraction"], progress["stage"]) == ("progress", 0.5, "Rewriting")
        assert (delta["type"], delta["delta"]) == ("delta", "Dear ")
        assert (complete["type"], complete["result"]) == ("task_complete", "Dear landlord")
        assert complete["summary"] == "better"
        assert await socket.close_code() == 1000


async def test_connecting_after_the_end_replays_what_happened(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    await worker.ask(job)
    async with gateway.socket(f"/ws/enhance/{job}") as socket:
        await socket.until("user_question")
        await socket.say({"type": "user_answer", "answer": "friendly"})
        await worker.answered(job)
        await worker.complete(job, 5)
        await socket.until("task_complete")
    async with gateway.socket(f"/ws/enhance/{job}") as late:
        frames = await late.rest()
        assert [frame["type"] for frame in frames] == ["question_answered", "task_complete"]
        assert await late.close_code() == 1000
    async with gateway.socket(f"/ws/enhance/{job}?after=4") as resumed:
        assert [frame["type"] for frame in await resumed.rest()] == ["task_complete"]
    async with gateway.socket(f"/ws/enhance/{job}?after=1:5") as sated:
        assert await sated.rest() == []
        assert await sated.close_code() == 1000


async def test_a_question_is_answered_on_another_gateway_than_it_was_seen_on(
    gateway: Any, worker: Any, start_gateway: Any
) -> None:
    job = await gateway.submit()
    async with gateway.socket(f"/ws/enhance/{job}") as socket:
        await worker.start(job)
        await worker.ask(job)
        seen = await socket.until("user_question")
    elsewhere = await start_gateway()
    async with elsewhere.socket(f"/ws/enhance/{job}") as socket:
        assert (await socket.until("user_question"))["question_id"] == seen["question_id"]
        await socket.say({"type": "user_answer", "answer": "formal", "question_id": seen["question_id"]})
        await worker.answered(job)
        await worker.complete(job, 5)
        assert [frame["type"] for frame in await socket.rest()] == ["question_answered", "task_complete"]


async def test_of_two_sockets_that_answer_one_wins_and_both_learn_it(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket(f"/ws/enhance/{job}") as one, gateway.socket(f"/ws/enhance/{job}") as other:
        await worker.start(job)
        await worker.ask(job)
        await asyncio.gather(one.until("user_question"), other.until("user_question"))
        await one.say({"type": "user_answer", "answer": "formal"})
        await worker.command("answer", job)
        await other.say({"type": "user_answer", "answer": "friendly"})
        refused = await other.until("error")
        assert (refused["code"], refused["accepted"]["value"]) == ("already_answered", "formal")
        await worker.answered(job)
        both = await asyncio.gather(one.until("question_answered"), other.until("question_answered"))
        assert [frame["value"] for frame in both] == ["formal", "formal"]
    assert len(worker.named("answer", job)) == 1


async def test_declining_a_question_is_an_answer(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket(f"/ws/enhance/{job}") as socket:
        await worker.start(job)
        await worker.ask(job)
        await socket.until("user_question")
        await socket.say({"type": "user_cancel"})
        given = await worker.answered(job)
        assert (given["declined"], given["value"]) == (True, None)
        assert (await socket.until("question_answered"))["declined"]


async def test_an_answer_that_breaks_the_schema_or_comes_unasked_is_refused_and_the_socket_stays(
    gateway: Any, worker: Any
) -> None:
    job = await gateway.submit()
    async with gateway.socket(f"/ws/enhance/{job}") as socket:
        await socket.say({"type": "user_answer", "answer": "formal"})
        assert (await socket.frame())["code"] == "no_open_question"
        await worker.start(job)
        await worker.ask(job)
        await socket.until("user_question")
        await socket.say({"type": "user_answer", "answer": 7})
        assert (await socket.frame())["code"] == "answer_invalid"
        await socket.say({"type": "user_answer", "answer": "formal"})
        await worker.answered(job)
        assert (await socket.frame())["type"] == "question_answered"


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("job.failed", {"problem": {"code": "model_down", "title": "T", "detail": "No model."}}, "model_down"),
        ("job.cancelled", {"partial": None}, "cancelled"),
    ],
)
async def test_a_job_that_does_not_complete_ends_with_an_error_frame(
    gateway: Any, worker: Any, kind: str, data: dict[str, Any], code: str
) -> None:
    job = await gateway.submit()
    async with gateway.socket(f"/ws/enhance/{job}") as socket:
        await worker.start(job)
        await worker.emit(job, kind, 3, **data)
        (frame,) = await socket.rest()
        assert (frame["type"], frame["code"]) == ("task_error", code)
        assert frame["error"]
        assert await socket.close_code() == 1000


async def test_an_unknown_job_closes_the_socket_with_4404(gateway: Any) -> None:
    for task_id in ("0190f3c2-7b6a-7c11-9d5e-3f2b8a64c0de", "abc-123", "0"):
        async with gateway.socket(f"/ws/enhance/{task_id}/") as socket:
            assert await socket.close_code() == 4404, task_id


async def test_whoever_joins_a_streaming_job_gets_the_text_so_far_in_one_piece(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    async with gateway.socket(f"/ws/enhance/{job}") as early:
        for offset, delta in ((0, "Dear "), (5, "land")):
            await worker.emit(job, "message.delta", None, message_id="m", delta=delta, offset=offset)
        seen = ""
        while seen != "Dear land":
            frame = await early.frame()
            assert frame["offset"] == len(seen)
            seen += frame["delta"]
        async with gateway.socket(f"/ws/enhance/{job}") as late:
            assert (await late.frame())["delta"] == "Dear land"
            await worker.emit(job, "message.delta", None, message_id="m", delta="lord", offset=9)
            assert [(await socket.frame())["delta"] for socket in (early, late)] == ["lord", "lord"]
