"""Whatever is said on a socket, it stays open or is closed with the code for it, and nobody else suffers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from support.clients import Frame, assert_whole, eventually
from support.system import QUICK, Embedded
from support.visitor import Line, Visitor
from websockets.exceptions import ConnectionClosed, InvalidStatus

FLOOD = 10_000
# What a socket may be told in a second about its own frames, and how long a flood takes at the very most.
COMPLAINTS = 20 * 60

UNUSABLE: dict[str, tuple[Any, str]] = {
    "binary": (b"\x00\x01\xff", "binary_frame"),
    "JSON as binary": (b'{"type": "subscribe"}', "binary_frame"),
    "empty": ("", "malformed_frame"),
    "prose": ("hello", "malformed_frame"),
    "cut off": ('{"type": ', "malformed_frame"),
    "deep": ("[" * 30_000, "malformed_frame"),
    "NaN": ('{"type": "answer", "value": NaN}', "malformed_frame"),
    "list": ([], "invalid_frame"),
    "null": (None, "invalid_frame"),
    "number": (1, "invalid_frame"),
    "no type": ({"job": str(uuid4())}, "invalid_frame"),
    "type that is a list": ({"type": ["subscribe"]}, "invalid_frame"),
    "NUL": ({"type": "subscribe", "job": "\0"}, "invalid_text"),
    "lone surrogate": ('{"type": "subscribe", "job": "\\ud800"}', "malformed_frame"),
    "unknown type": ({"type": "shout"}, "unknown_type"),
}
UNUSABLE_ON_MANY: dict[str, tuple[Any, str]] = {
    "no job": ({"type": "subscribe"}, "invalid_frame"),
    "job that is none": ({"type": "subscribe", "job": "x"}, "invalid_frame"),
    "cursor that is none": ({"type": "subscribe", "job": "{job}", "since": "x"}, "cursor_invalid"),
    "cursor that is a list": ({"type": "subscribe", "job": "{job}", "since": [1]}, "invalid_frame"),
    "unknown job": ({"type": "subscribe", "job": str(uuid4())}, "not_found"),
    "unknown job to cancel": ({"type": "cancel", "job": str(uuid4())}, "not_found"),
    "answer to nothing": ({"type": "answer", "job": "{job}", "question_id": str(uuid4()), "value": "a"}, "not_found"),
    "answer without value": ({"type": "answer", "job": "{job}", "question_id": "{question}"}, "answer_missing"),
    "answer of another type": (
        {"type": "answer", "job": "{job}", "question_id": "{question}", "value": 7},
        "answer_invalid",
    ),
}
UNUSABLE_ON_ONE: dict[str, tuple[Any, str]] = {
    "no answer": ({"type": "user_answer"}, "invalid_frame"),
    "unknown question": ({"type": "user_answer", "answer": "a", "question_id": str(uuid4())}, "not_found"),
    "question that is none": ({"type": "user_answer", "answer": "a", "question_id": "x"}, "invalid_frame"),
    "answer of another type": ({"type": "user_answer", "answer": {"a": 1}}, "answer_invalid"),
}


async def test_unusable_frame_gets_an_error_and_the_socket_goes_on(visitor: Visitor) -> None:
    job = await visitor.submit()
    question = await visitor.question(job)
    async with visitor.line() as line:
        for frame, code in (UNUSABLE | UNUSABLE_ON_MANY).values():
            await line.say(_filled(frame, job, question))
            error = await line.until("error")
            assert error["code"] == code, (frame, error)
            assert isinstance(error["detail"], str)
            await asyncio.sleep(0.06)  # more than 20 of them in a second would not all be answered
        await line.say({"type": "subscribe", "job": job})
        assert (await line.until("subscribed"))["job"] == job
        assert (await line.until("question.asked"))["data"]["question_id"] == question
    assert (await visitor.job(job))["status"] == "waiting"


async def test_unusable_frame_on_the_socket_of_one_job_gets_an_error_and_it_goes_on(visitor: Visitor) -> None:
    job = await visitor.submit()
    question = await visitor.question(job)
    async with visitor.line(f"/ws/enhance/{job}/") as line:
        for frame, code in (UNUSABLE | UNUSABLE_ON_ONE).values():
            await line.say(_filled(frame, job, question))
            error = await line.until("error")
            assert error["code"] == code, (frame, error)
            await asyncio.sleep(0.06)
        await line.say({"type": "user_cancel"})
        assert (await line.until("task_complete"))["question"]["outcome"] == "declined"


@pytest.mark.parametrize("path", ["/v1/ws", "/ws/enhance/{job}/"])
async def test_frame_over_64_kib_closes_only_its_own_socket(visitor: Visitor, path: str) -> None:
    job = await visitor.submit()
    async with visitor.line(f"/ws/enhance/{job}") as beside, visitor.line(path.format(job=job)) as line:
        await line.say("x" * 65_536 + "x")
        assert await line.close_code() == 1009
        await beside.until("user_question")
        await beside.say({"type": "user_cancel"})
        await beside.until("task_complete")


@pytest.mark.parametrize("frame", ["{", b"\xff"])
async def test_ten_thousand_bad_frames_get_few_replies_and_disturb_nobody(visitor: Visitor, frame: str | bytes) -> None:
    job = await visitor.submit()
    await visitor.question(job)
    async with visitor.line() as line, visitor.line(f"/ws/enhance/{job}/") as beside:
        hearing = asyncio.create_task(_complaints_until_subscribed(line))
        for _ in range(FLOOD):
            await line.say(frame)
        await beside.say({"type": "user_answer", "answer": "hikers"})
        assert (await beside.until("task_complete"))["question"]["answer"] == "hikers"
        await line.say({"type": "subscribe", "job": job})
        assert 0 < await hearing < COMPLAINTS


@pytest.mark.parametrize(("name", "code"), [("x", 4404), ("%00", 4404), ("0190f3c2-7b6a-7c11-9d5e-3f2b8a64c0de", 4404)])
async def test_unknown_job_closes_the_socket(visitor: Visitor, name: str, code: int) -> None:
    try:
        async with visitor.line(f"/ws/enhance/{name}/") as line:
            assert await line.close_code() == code
    except InvalidStatus as refused:
        assert 400 <= refused.response.status_code < 500  # noqa: PT017


@pytest.mark.parametrize("cursor", ["x", "-1", "1:2:3", "9" * 30])
async def test_unusable_cursor_closes_the_socket(visitor: Visitor, cursor: str) -> None:
    job = await visitor.submit("thanks")
    async with visitor.line(f"/ws/enhance/{job}/?after={cursor}") as line:
        assert await line.close_code() == 1008


async def test_cursor_from_the_future_begins_anew(visitor: Visitor) -> None:
    job = await visitor.submit("thanks")
    await visitor.ended(job)
    async with visitor.line() as line:
        await line.say({"type": "subscribe", "job": job, "since": 900})
        assert not (await line.until("subscribed"))["recovered"]
        assert (await line.hear())["seq"] == 1


@pytest.mark.parametrize("path", ["/v1/ws", "/ws/enhance/{job}/"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "x"])
async def test_page_of_another_origin_opens_no_socket(visitor: Visitor, path: str, origin: str) -> None:
    job = await visitor.submit("thanks")
    with pytest.raises(InvalidStatus) as refused:
        async with visitor.line(path.format(job=job), headers={"Origin": origin}):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_opens_a_socket(visitor: Visitor) -> None:
    async with visitor.line(headers={"Origin": visitor.url}) as line:
        assert (await line.hear())["type"] == "hello"


async def test_answers_compete_on_sockets_and_the_later_one_learns_which_counts(visitor: Visitor) -> None:
    job = await visitor.submit()
    await visitor.question(job)
    async with visitor.line(f"/ws/enhance/{job}/") as one, visitor.line(f"/ws/enhance/{job}/") as other:
        await asyncio.gather(one.until("user_question"), other.until("user_question"))
        said = [asyncio.gather(one.say({"type": "user_answer", "answer": "first"}))]
        await asyncio.gather(*said, other.say({"type": "user_answer", "answer": "second"}))
        answers = {(await each.until("task_complete"))["question"]["answer"] for each in (one, other)}
    assert len(answers) == 1
    assert answers <= {"first", "second"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """A system that lets a reader fall 64 KiB behind, no more."""
    folder: Path = tmp_path_factory.mktemp("impatient")
    async with Embedded(folder, QUICK | {"PARLEY_SOCKET_BACKLOG": "65536"}) as running:
        yield running


async def test_client_that_only_talks_is_sent_away_and_misses_nothing_when_it_comes_back(impatient: Embedded) -> None:
    async with Visitor(impatient.url) as visitor:
        job, before = await visitor.submit(), await slow_readers(visitor)
        await visitor.question(job)
        with socket.socket() as narrow:
            narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            narrow.connect((impatient.host, impatient.port))
            async with visitor.line(sock=narrow, max_queue=1) as line:
                asking = asyncio.create_task(_ask(line, {"type": "subscribe", "job": job}))
                await _until_slow_readers(visitor, before + 1)
                assert (await visitor.decline(job))["status"] == "completed"
                heard = await line.rest()
                await asking
                assert line.connection.close_code == 3008
        had = {frame["seq"]: frame for frame in heard if frame.get("seq")}
        async with visitor.socket(job, max(had, default=0)) as later:
            await later.until("job.completed")
        assert_whole([*had.values(), *(frame for frame in later.frames if frame.get("seq"))])


async def slow_readers(visitor: Visitor) -> float:
    text = (await visitor.http.get("/metrics")).text
    return float(text.split("\nparley_slow_readers_total ")[1].split()[0])


async def _ask(line: Line, frame: Frame) -> None:
    with suppress(ConnectionClosed):
        for _ in range(FLOOD):
            await line.say(frame)


async def _complaints_until_subscribed(line: Line) -> int:
    complaints = 0
    while (frame := await line.hear())["type"] != "subscribed":
        complaints += frame["type"] == "error"
    return complaints


async def _until_slow_readers(visitor: Visitor, count: float) -> None:
    async def sent_away() -> bool:
        return await slow_readers(visitor) >= count

    await eventually(sent_away)


def _filled(frame: Any, job: str, question: str) -> Any:
    if not isinstance(frame, dict):
        return frame
    return {
        name: value.format(job=job, question=question) if isinstance(value, str) else value
        for name, value in frame.items()
    }
