"""`/v1/ws`: many jobs on one socket, resumed by cursor, and deaf to nonsense."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from parley_gateway.metrics import REGISTRY

NOBODY = UUID("0190f3c2-7b6a-7c11-9d5e-3f2b8a64c0de")


async def subscribed(socket: Any, job: str, since: Any = None) -> dict[str, Any]:
    await socket.say({"type": "subscribe", "job": job, "since": since})
    return dict(await socket.until("subscribed"))


async def test_one_socket_follows_several_jobs(gateway: Any, worker: Any) -> None:
    jobs = [await gateway.submit() for _ in range(2)]
    async with gateway.socket("/v1/ws") as socket:
        assert (await socket.frame())["type"] == "hello"
        for job in jobs:
            await socket.say({"type": "subscribe", "job": job})
            await worker.start(job)
            await worker.complete(job, 3)
        seen: dict[str, list[int]] = {job: [] for job in jobs}
        while not all(seqs and seqs[-1] == 3 for seqs in seen.values()):
            frame = await socket.frame()
            if frame["type"] == "subscribed":
                assert (frame["epoch"], frame["from"], frame["recovered"]) == (1, 0, True)
                assert (frame["to"] >= 1, seen[frame["job"]]) == (True, [])
            else:
                seen[frame["job"]].append(frame["seq"])
        assert list(seen.values()) == [[1, 2, 3], [1, 2, 3]]


async def test_frames_are_the_events_of_the_bus(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket("/v1/ws") as socket:
        await subscribed(socket, job)
        await worker.start(job)
        frame = await socket.until("job.started")
        assert set(frame) == {"type", "job", "epoch", "seq", "time", "data"}
        assert frame["data"] == {"attempt": 1, "mode": "offline", "model": None}


@pytest.mark.parametrize(("since", "first", "recovered"), [("1:2", 3, True), (2, 3, True), ("7:2", 1, False)])
async def test_a_cursor_resumes_and_a_foreign_one_begins_anew(
    gateway: Any, worker: Any, since: Any, first: int, recovered: bool
) -> None:
    job = await gateway.submit()
    await worker.start(job)
    await worker.complete(job, 3)
    async with gateway.socket("/v1/ws") as socket:
        answer = await subscribed(socket, job, since)
        assert (answer["from"], answer["recovered"]) == (first - 1, recovered)
        assert (await socket.frame())["seq"] == first


async def test_a_cursor_beyond_the_log_begins_anew(gateway: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket("/v1/ws") as socket:
        assert not (await subscribed(socket, job, "1:999"))["recovered"]
        assert (await socket.frame())["seq"] == 1


async def test_after_unsubscribing_nothing_comes(gateway: Any, worker: Any) -> None:
    job, other = await gateway.submit(), await gateway.submit()
    async with gateway.socket("/v1/ws") as socket:
        await subscribed(socket, job)
        await socket.say({"type": "unsubscribe", "job": job})
        await socket.until("unsubscribed")
        await worker.start(job)
        await gateway.job_when(job, lambda s: s["seq"] == 2)
        await subscribed(socket, other)
        assert (await socket.frame())["job"] == other


async def test_a_question_is_answered_and_a_job_cancelled_over_the_socket(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket("/v1/ws") as socket:
        await subscribed(socket, job)
        await worker.start(job)
        question = await worker.ask(job)
        await socket.until("question.asked")
        answer = {"type": "answer", "job": job, "question_id": question, "answer_id": "a1", "value": "formal"}
        await socket.say(answer)
        assert (await worker.answered(job))["answer_id"] == "a1"
        assert (await socket.until("question.answered"))["data"]["value"] == "formal"
        await socket.say({**answer, "answer_id": "a2", "value": "friendly"})
        refused = await socket.until("error")
        assert (refused["code"], refused["accepted"]["value"]) == ("already_answered", "formal")
        assert refused["request"]["answer_id"] == "a2"
        await socket.say({"type": "cancel", "job": job})
        await worker.command("cancel", job)
        await worker.emit(job, "job.cancelled", 5, partial=None)
        await socket.until("job.cancelled")
        await socket.say({"type": "cancel", "job": str(uuid4())})
        assert (await socket.until("error"))["code"] == "not_found"


NONSENSE: list[tuple[str | bytes, str]] = [
    ("{", "malformed_frame"),
    ("", "malformed_frame"),
    ('{"type": NaN}', "malformed_frame"),
    ("[" * 10_000, "malformed_frame"),
    ("[]", "invalid_frame"),
    ('"subscribe"', "invalid_frame"),
    ("{}", "invalid_frame"),
    ('{"type":"sing"}', "unknown_type"),
    (b"\x00\x01", "binary_frame"),
    ('{"type":"subscribe"}', "invalid_frame"),
    ('{"type":"subscribe","job":"nope"}', "invalid_frame"),
    (f'{{"type":"subscribe","job":"{NOBODY}"}}', "not_found"),
    (f'{{"type":"subscribe","job":"{NOBODY}","since":"x"}}', "cursor_invalid"),
    ('{"type":"cancel","job":"a\\u0000"}', "invalid_text"),
    (f'{{"type":"answer","job":"{NOBODY}","question_id":"{NOBODY}","value":1}}', "not_found"),
    (f'{{"type":"answer","job":"{NOBODY}","question_id":"{NOBODY}","value":{"9" * 6_000}}}', "malformed_frame"),
    (f'{{"type":"answer","job":"{NOBODY}","question_id":"{NOBODY}"}}', "answer_missing"),
]


async def test_nonsense_gets_an_error_frame_and_the_socket_stays(gateway: Any, subtests: pytest.Subtests) -> None:
    for sent, code in NONSENSE:
        with subtests.test(sent=sent[:80]):
            async with gateway.socket("/v1/ws") as socket:
                await socket.say(sent)
                error = await socket.until("error")
                assert error["code"] == code
                assert "request" in error
                await subscribed(socket, await gateway.submit())


async def test_ten_thousand_bad_frames_get_some_answers_and_leave_the_socket_open(gateway: Any) -> None:
    job = await gateway.submit()
    async with gateway.socket("/v1/ws") as socket:
        for n in range(10_000):
            await socket.say("nonsense" if n % 2 else b"\x00")
        await socket.say({"type": "subscribe", "job": job})
        errors = 0
        while (await socket.frame())["type"] != "subscribed":
            errors += 1
        assert 1 <= errors < 1_000


async def test_a_frame_over_64_kib_is_refused_by_protocol(gateway: Any) -> None:
    async with gateway.socket("/v1/ws") as socket:
        await socket.say("x" * 70_000)
        assert await socket.close_code() == 1009


async def test_a_socket_follows_a_bounded_number_of_jobs(start_gateway: Any) -> None:
    gateway = await start_gateway(socket_streams=2)
    async with gateway.socket("/v1/ws") as socket:
        jobs = [await gateway.submit() for _ in range(3)]
        await subscribed(socket, jobs[0])
        await subscribed(socket, jobs[1])
        await socket.say({"type": "subscribe", "job": jobs[2]})
        assert (await socket.until("error"))["code"] == "too_many_subscriptions"
        await subscribed(socket, jobs[0])


async def test_a_foreign_page_cannot_open_a_socket(gateway: Any) -> None:
    with pytest.raises(Exception, match="403"):
        async with gateway.socket("/v1/ws", origin="https://evil.example"):
            pass


async def test_a_page_that_led_its_own_name_here_opens_no_socket(gateway: Any) -> None:
    host, port = gateway.address.split(":")
    with pytest.raises(InvalidStatus, match="403"):
        async with connect("ws://evil.example/v1/ws", host=host, port=int(port), origin=Origin("http://evil.example")):
            pass


@pytest.mark.parametrize("path", ["/v1/ws", "/v1/ws/"])
async def test_a_socket_opens_with_and_without_a_trailing_slash(gateway: Any, path: str) -> None:
    async with gateway.socket(path) as socket:
        await socket.until("hello")


async def test_a_socket_on_an_unknown_path_is_refused(gateway: Any) -> None:
    with pytest.raises(Exception, match="403"):
        async with gateway.socket("/v1/jobs"):
            pass


async def test_a_stopping_gateway_asks_its_clients_to_come_back(gateway: Any) -> None:
    async with gateway.socket("/v1/ws") as socket:
        await socket.until("hello")
        gateway.server.should_exit = True
        assert (await socket.until("reconnect"))["after_ms"] >= 0
        assert await socket.close_code() == 1012


async def test_a_reader_that_stops_reading_is_closed_and_others_are_not_delayed(
    start_gateway: Any, worker: Any
) -> None:
    gateway = await start_gateway(socket_backlog=65_536)
    job = await gateway.submit()
    await worker.start(job)
    async with (
        gateway.socket("/v1/ws", max_queue=1) as frozen,
        gateway.socket("/v1/ws") as awake,
    ):
        for socket in (frozen, awake):
            await subscribed(socket, job)
        before, seq = closed_for_slowness(), 2
        while closed_for_slowness() == before and seq < 1_000:
            seq += 1
            await worker.emit(job, "artifact.added", seq, id=str(seq), name="n", media_type="x/y", data="x" * 50_000)
            assert (await awake.until("artifact.added"))["seq"] == seq
        await frozen.rest()
        assert await frozen.close_code() == 3008
        await worker.emit(job, "job.progress", seq + 1, fraction=0.5, stage="on")
        assert (await awake.until("job.progress"))["seq"] == seq + 1


def closed_for_slowness() -> float:
    return REGISTRY.get_sample_value("parley_slow_readers_total") or 0.0
