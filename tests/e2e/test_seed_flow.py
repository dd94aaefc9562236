"""The seed's own flow and the uniform API beside it, with third-party clients and on more than one gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from support.clients import LAZY, Parley, assert_whole, types
from support.scripts import ANSWER, QUESTION, REWRITTEN, find_gaps, rewrite
from support.system import SLOTS, System, embedded

SHOWN = ["progress", "progress", "user_question", "question_answered", "progress", "progress", "task_complete"]


@pytest.fixture
async def asking(system: System) -> System:
    """The model finds that something is missing, and rewrites."""
    await system.model.script(find_gaps(), rewrite())
    return system


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def accounts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a system with accounts."""
    secret = "a secret that only this test knows"
    async with embedded(tmp_path_factory.mktemp("jwt"), PARLEY_AUTH="jwt", PARLEY_JWT_SECRET=secret) as (server, _):
        yield server.url


@asynccontextmanager
async def signed_in(url: str, name: str) -> AsyncIterator[Parley]:
    account = {"username": name, "password": "correct horse"}
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        await http.post("/auth/register", json=account)
        token = (await http.post("/auth/token", data=account)).raise_for_status().json()["access_token"]
    async with Parley(url, {"Authorization": f"Bearer {token}"}) as client:
        yield client


def journaled(frames: list[dict[str, object]]) -> list[dict[str, object]]:
    return [frame for frame in frames if frame.get("seq") is not None]


async def test_seed_client_is_asked_once_and_gets_the_enhanced_prompt(asking: System) -> None:
    lazy = {"task": "shop", "lazy_prompt": LAZY, "use_web_search": False}
    accepted = await asking.one.http.post("/api/enhance/", json=lazy)
    job = accepted.json()["task_id"]
    assert accepted.status_code == 202
    assert accepted.json() == {"task_id": job, "status": "processing"}
    assert accepted.headers["location"] == f"/v1/jobs/{job}"
    async with asking.one.enhancement(job) as socket:
        asked = await socket.until("user_question")
        assert asked["question"] == QUESTION
        assert asked["question_id"]
        await socket.answer(ANSWER)
        done = await socket.until("task_complete")
        assert done["result"] == REWRITTEN
        await socket.to_the_end()
    assert types(journaled(socket.frames)) == SHOWN
    assert "".join(frame["delta"] for frame in socket.of("delta")) == REWRITTEN
    assert socket.code == 1000


async def test_sockets_opened_at_any_moment_are_told_the_same(system: System) -> None:
    await system.model.script(find_gaps(gate="gaps"), rewrite(gate="rewrite", pause_after=3))
    job = await system.one.submit()
    await system.model.gate("gaps", waiting=1)
    async with (
        system.one.enhancement(job) as before_the_question,
        system.other.socket(job) as uniform,
        system.one.events(job) as stream,
    ):
        await system.model.open("gaps")
        await before_the_question.until("user_question")
        async with system.other.enhancement(job) as at_the_question:
            await at_the_question.until("user_question")
            await at_the_question.answer(ANSWER)
            await system.model.gate("rewrite", waiting=1)
            async with system.one.enhancement(job) as during_the_rewrite:
                await during_the_rewrite.until("delta")
                await system.model.open("rewrite")
                for each in (before_the_question, at_the_question, during_the_rewrite, stream):
                    await each.to_the_end()
        await uniform.until("job.completed")
    async with system.other.enhancement(job) as afterwards, system.other.events(job) as replayed:
        await afterwards.to_the_end()
        await replayed.to_the_end()
    told = journaled(before_the_question.frames)
    assert types(told) == SHOWN
    assert journaled(at_the_question.frames) == told
    without_the_question = [frame for frame in told if frame["type"] != "user_question"]
    assert journaled(during_the_rewrite.frames) == without_the_question
    assert journaled(afterwards.frames) == without_the_question
    for each in (before_the_question, at_the_question, during_the_rewrite):
        assert "".join(frame["delta"] for frame in each.of("delta")) == REWRITTEN
    log = journaled(stream.frames)
    assert_whole(log)
    assert [frame for frame in uniform.frames if "data" in frame and frame["seq"]] == log
    assert journaled(replayed.frames) == log


async def test_question_left_on_one_gateway_is_answered_on_the_other(asking: System) -> None:
    job = await asking.one.submit()
    async with asking.one.enhancement(job) as socket:
        asked = await socket.until("user_question")
    async with asking.other.enhancement(job) as again:
        assert await again.until("user_question") == asked
        await again.answer(ANSWER)
        await again.to_the_end()
    assert again.frames[-1]["result"] == REWRITTEN
    assert types(journaled(again.frames)) == SHOWN


async def test_socket_that_comes_back_with_its_cursor_goes_on_from_there(asking: System) -> None:
    job = await asking.one.submit()
    async with asking.one.enhancement(job) as socket:
        await socket.until("user_question")
    async with asking.other.enhancement(job, after=socket.cursor) as again:
        await again.answer(ANSWER)  # to the question that the other socket was asked
        await again.to_the_end()
    assert types(journaled(socket.frames) + journaled(again.frames)) == SHOWN
    assert again.seqs[0] > socket.cursor


async def test_of_two_answers_one_wins_and_both_sockets_learn_which(asking: System) -> None:
    job = await asking.one.submit()
    async with asking.one.enhancement(job) as first, asking.other.enhancement(job) as second:
        await asyncio.gather(first.until("user_question"), second.until("user_question"))
        await asyncio.gather(first.answer("hikers"), second.answer("climbers"))
        await asyncio.gather(first.to_the_end(), second.to_the_end())
    answered = first.of("question_answered")
    assert [each["answer"] for each in answered] in (["hikers"], ["climbers"])
    assert second.of("question_answered") == answered
    refused = first.of("error") + second.of("error")
    assert [each["code"] for each in refused] == ["already_answered"]
    assert refused[0]["accepted"]["value"] == answered[0]["answer"]
    winner = (await asking.one.job(job))["result"]["question"]["answer"]
    assert winner == answered[0]["answer"]


async def test_answer_sent_twice_counts_once(asking: System) -> None:
    job = await asking.one.submit()
    async with asking.one.enhancement(job) as socket:
        await socket.until("user_question")
        await asyncio.gather(*(socket.answer(ANSWER) for _ in range(5)))
        await socket.to_the_end()
    assert types(journaled(socket.frames)) == SHOWN
    assert socket.of("error") == []
    assert types(await asking.one.log(job)).count("question.answered") == 1


async def test_answer_after_completion_is_told_what_counted(asking: System) -> None:
    job = await asking.one.submit()
    question = await asking.one.question(job)
    assert (await asking.one.answer(job, ANSWER, question)).status_code == 200
    await asking.other.until(job, "completed")
    late = await asking.other.answer(job, "climbers", question)
    assert late.status_code == 409
    assert late.json()["accepted"]["value"] == ANSWER
    assert (await asking.other.answer(job, ANSWER, question)).status_code == 200


async def test_declined_question_does_not_stop_the_job_and_it_says_so(asking: System) -> None:
    job = await asking.one.submit()
    async with asking.one.enhancement(job) as socket:
        await socket.until("user_question")
        await socket.say(type="user_cancel")
        done = await socket.until("task_complete")
    assert socket.of("question_answered")[0]["declined"] is True
    assert done["question"] == done["question"] | {"outcome": "declined", "answer": None}


async def test_foreign_job_does_not_exist(accounts: str) -> None:
    async with signed_in(accounts, "ada") as ada, signed_in(accounts, "eve") as eve:
        job = await ada.submit()
        question = await ada.question(job)
        attempts = [
            await eve.answer(job, ANSWER, question),
            await eve.cancel(job),
            await eve.http.get(f"/v1/jobs/{job}"),
            await eve.http.get(f"/v1/jobs/{job}/events"),
        ]
        assert [attempt.status_code for attempt in attempts] == [404] * len(attempts)
        async with eve.enhancement(job) as socket, eve.socket(job) as uniform:
            assert await socket.to_the_end() == []
            assert socket.code == 4404
            assert (await uniform.until("error"))["code"] == "not_found"
        assert (await ada.job(job))["status"] == "waiting"
        assert (await ada.answer(job, ANSWER, question)).status_code == 200
        assert (await ada.until(job, "completed"))["result"]["question"]["answer"] == ANSWER


async def test_every_kind_of_client_sees_each_event_once_however_often_it_comes_back(asking: System) -> None:
    job = await asking.one.submit()
    question = await asking.one.question(job)
    gateways = [asking.one, asking.other]
    stream_seen, socket_seen, last_id, cursor = list[int](), list[int](), None, 0
    while not stream_seen or (await asking.one.job(job))["seq"] > stream_seen[-1]:
        gateways.reverse()
        async with gateways[0].events(job, last_id) as stream, gateways[0].socket(job, since=f"1:{cursor}") as socket:
            while not stream.seqs:
                assert await stream.read()
            while not socket.seqs:
                assert await socket.read()
        stream_seen += stream.seqs
        socket_seen += socket.seqs
        last_id, cursor = stream.last_id, socket_seen[-1]
        if socket.of("question.asked"):
            assert (await asking.one.answer(job, ANSWER, question)).status_code == 200
            await asking.other.until(job, "completed")
    everything = [frame["seq"] for frame in await asking.one.log(job)]
    assert stream_seen == everything
    assert socket_seen == everything
    finished = await asking.one.http.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": last_id or ""})
    assert finished.status_code == 204


async def test_pending_job_is_cancelled_before_it_costs_anything(system: System) -> None:
    await system.model.script(find_gaps(gate="gaps"), rewrite())
    busy = [await system.one.submit(task="busy") for _ in range(2 * SLOTS)]
    await system.model.gate("gaps", waiting=2 * SLOTS)
    job = await system.one.submit(task="too late")
    cancelled = await system.other.cancel(job)
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"
    for each in busy:
        assert (await system.one.cancel(each)).json()["status"] == "cancelled"
    await system.model.open("gaps")
    await system.idle()
    assert not [call for call in (await system.model.meter()).calls if "too late" in str(call.body)]
    assert types(await system.one.log(job)) == ["job.accepted", "job.cancelled"]


async def test_running_job_is_cancelled_and_keeps_what_it_had(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite(gate="rewrite", pause_after=3))
    job = await system.one.submit()
    async with system.one.enhancement(job) as socket:
        await socket.until("delta")
        cancelled = await system.other.cancel(job)
        await socket.to_the_end()
    assert cancelled.status_code == 200
    assert REWRITTEN.startswith(cancelled.json()["partial"]["text"])
    assert socket.frames[-1] == socket.frames[-1] | {"type": "task_error", "code": "cancelled"}
    assert (await system.model.meter(aborted=1)).aborted == 1


async def test_waiting_job_is_cancelled_and_its_question_cannot_be_answered(asking: System) -> None:
    job = await asking.one.submit()
    question = await asking.one.question(job)
    cancelled = await asking.other.cancel(job)
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"
    assert (await asking.other.cancel(job)).status_code == 200
    assert (await asking.one.answer(job, ANSWER, question)).status_code == 410
    assert types(await asking.one.log(job))[-2:] == ["question.asked", "job.cancelled"]


async def test_finished_job_cannot_be_cancelled(asking: System) -> None:
    job = await asking.one.submit()
    await asking.one.answer(job, ANSWER)
    await asking.one.until(job, "completed")
    assert (await asking.other.cancel(job)).status_code == 409
    assert (await asking.other.job(job))["status"] == "completed"
