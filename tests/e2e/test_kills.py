"""Processes die, freeze and come back; no job, answer or event is lost, and no finished model call is made again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from support.clients import Follower, Parley, assert_whole, eventually, types
from support.scripts import (
    ANSWER,
    FORGETFUL,
    PRICED,
    REPAIRED,
    REWRITTEN,
    calls,
    find_gaps,
    repair,
    rewrite,
)
from support.system import System, back, running

CALLS = ("find gaps", "rewrite", "repair")
HELD = {"gate": "held", "times": 1}


async def script_all_steps(system: System, *first: dict[str, Any]) -> None:
    """An enhancement that needs every step it can have, after the rules that are used up once."""
    await system.model.script(*first, find_gaps(question=None), repair(), rewrite(FORGETFUL))


@pytest.mark.parametrize(
    ("step", "held"),
    [
        ("find gaps", find_gaps(question=None) | HELD),
        ("rewrite", rewrite(FORGETFUL, pause_after=3) | HELD),
        ("repair", repair() | HELD),
    ],
)
async def test_call_in_flight_at_a_kill_is_the_only_one_repeated(
    system: System, step: str, held: dict[str, Any]
) -> None:
    await script_all_steps(system, held)
    job = await system.one.submit(PRICED, use_web_search=True)
    await (await system.held(job, "held")).kill()
    done = await system.other.until(job, "completed")
    reading = await system.model.meter(aborted=1)
    assert Counter(call.rule for call in reading.calls if call.state == "finished") == Counter(CALLS)
    assert [call.rule for call in reading.calls if call.state != "finished"] == [step]
    assert len(system.search.asked) == 1
    assert done["result"]["result"].startswith(REPAIRED)
    assert done["attempts"] == 2
    assert_whole(await system.one.log(job))


async def test_search_in_flight_at_a_kill_repeats_no_model_call(system: System) -> None:
    await script_all_steps(system)
    system.search.hold()
    job = await system.one.submit(PRICED, use_web_search=True)

    async def is_searching() -> bool:
        return bool(system.search.asked)

    await eventually(is_searching)
    await kill_whoever_runs(system, job)
    system.search.go_on()
    await system.other.until(job, "completed")
    assert [call.rule for call in (await system.model.meter()).calls] == list(CALLS)
    assert len(system.search.asked) == 2
    assert_whole(await system.one.log(job))


async def test_worker_killed_after_each_step_repeats_none_of_them(system: System) -> None:
    await system.model.script(find_gaps(), repair(), rewrite(FORGETFUL))
    job = await system.one.submit(PRICED)
    made = Counter[str]()
    async with system.other.events(job) as stream:
        while "job.completed" not in types(stream.frames):
            assert await stream.read()
            match stream.frames[-1]:
                case {"type": "job.step", "data": {"status": "completed", "name": name}}:
                    made[name] = len(calls(await system.model.meter(), name))
                    await kill_whoever_runs(system, job)
                case {"type": "question.asked"}:
                    assert (await system.other.answer(job, ANSWER)).status_code == 200
    reading = await system.model.meter()
    assert {name: len(calls(reading, name)) for name in CALLS} == made
    assert_whole([frame for frame in stream.frames if frame["seq"] is not None])


async def kill_whoever_runs(system: System, job: str) -> None:
    """Kill the worker that has the job; it is back when this returns."""
    if worker := await system.holder(job):
        await worker.kill()
        await worker.start()


@pytest.mark.timeout(180)
async def test_workers_killed_in_a_burst_of_jobs_repeat_no_finished_step(system: System) -> None:
    await system.model.script(find_gaps(question=None, delay=0.02), repair(delay=0.02), rewrite(FORGETFUL, delay=0.02))
    jobs = {await system.one.submit(PRICED, task=f"<job {number}>"): f"<job {number}>" for number in range(16)}
    before: dict[tuple[str, str], int] = {}
    for worker in system.stack.workers:
        await system.model.meter(finished=len(before) + 4)
        await worker.kill()
        reading = await system.model.meter()
        journaled = await system.sql("enhancer", "SELECT job, name FROM step WHERE job = ANY($1::uuid[])", list(jobs))
        for row in journaled:
            about = jobs[str(row["job"])]
            before[about, row["name"]] = len(calls(reading, row["name"], about=about))
        await worker.start()
    for job in jobs:
        await system.other.until(job, "completed")
        await system.other.log(job)
    reading = await system.model.meter()
    assert before
    assert {(about, name): len(calls(reading, name, about=about)) for about, name in before} == before


async def test_frozen_worker_writes_nothing_when_it_wakes(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite("Write nothing of this.") | HELD, rewrite())
    job = await system.one.submit()
    frozen = await system.held(job, "held")
    frozen.pause()
    done = await system.other.until(job, "completed")
    told, row = await system.other.log(job), await system.row(job)
    frozen.resume()
    await system.model.open("held")

    async def has_let_go() -> bool:
        return await running(frozen) == 0

    await eventually(has_let_go)
    assert await system.row(job) == row
    assert await system.other.log(job) == told
    assert await system.other.job(job) == done
    assert done["result"]["result"] == REWRITTEN


async def test_stopping_worker_finishes_its_call_and_hands_the_job_over(system: System) -> None:
    await system.model.script(find_gaps(question=None, gate="gaps"), rewrite(gate="rewrite"))
    job = await system.one.submit()
    stopping = await system.held(job, "gaps")
    stop = asyncio.create_task(stopping.stop())
    await takes_no_more(system, worker=(await system.row(job))["lease_owner"])
    await system.model.open("gaps")
    other = await system.held(job, "rewrite")
    await stop
    # Had its lease run out instead of being given back, this would count as a crash.
    assert (await system.row(job))["crashes"] == 0
    assert other is not stopping
    await system.model.open("rewrite")
    await system.one.until(job, "completed")
    assert [(call.rule, call.state) for call in (await system.model.meter()).calls] == [
        ("find gaps", "finished"),
        ("rewrite", "finished"),
    ]
    assert_whole(await system.one.log(job))


async def test_stopping_worker_gives_up_a_call_that_takes_too_long(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite() | HELD, rewrite(gate="again"))
    job = await system.one.submit()
    stopping = await system.held(job, "held")
    await stopping.stop()
    await system.model.gate("again", waiting=1)
    assert (await system.row(job))["crashes"] == 0
    await system.model.open("again")
    await system.one.until(job, "completed")
    reading = await system.model.meter(aborted=1)
    assert Counter((call.rule, call.state) for call in reading.calls) == Counter(
        [("find gaps", "finished"), ("rewrite", "aborted"), ("rewrite", "finished")]
    )


async def takes_no_more(system: System, *, worker: str) -> None:
    """Wait until a worker that is being stopped has left its queues."""
    queue = quote(f"enhancer.cancel.{worker}", safe="")

    async def has_left() -> bool:
        async with system.stack.rabbit.management() as api:
            return (await api.get(f"/queues/%2F/{queue}")).status_code == 404

    await eventually(has_left)


async def test_clients_of_a_killed_gateway_go_on_at_the_other_one(system: System) -> None:
    await system.model.script(find_gaps(), rewrite(gate="rewrite", pause_after=3))
    job = await system.one.submit()
    async with (
        system.one.enhancement(job) as seed,
        system.one.socket(job) as uniform,
        system.one.events(job) as stream,
    ):
        first: tuple[Follower, ...] = (seed, uniform, stream)
        await asyncio.gather(
            seed.until("user_question"), uniform.until("question.asked"), stream.until("question.asked")
        )
        await seed.answer(ANSWER)
        await system.model.gate("rewrite", waiting=1)
        await system.stack.gateways[0].kill()
        for each in first:
            await each.to_the_end()
    async with (
        system.other.enhancement(job, after=seed.cursor) as seed_again,
        system.other.socket(job, since=f"1:{uniform.cursor}") as uniform_again,
        system.other.events(job, stream.last_id) as stream_again,
    ):
        await system.model.open("rewrite")
        await uniform_again.until("job.completed")
        await asyncio.gather(seed_again.to_the_end(), stream_again.to_the_end())
    everything = [frame["seq"] for frame in await system.other.log(job)]
    assert uniform.seqs + uniform_again.seqs == everything
    assert stream.seqs + stream_again.seqs == everything
    assert types(seed.frames + seed_again.frames).count("user_question") == 1
    assert sorted(set(seed.seqs + seed_again.seqs)) == seed.seqs + seed_again.seqs
    assert seed_again.frames[-1]["result"] == REWRITTEN


@pytest.mark.timeout(180)
async def test_what_a_gateway_accepted_before_it_was_killed_is_done(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite())
    accepted = list[str]()

    async def submit_until_it_dies() -> None:
        with suppress(httpx.TransportError):
            while True:
                accepted.append(await system.one.submit())

    async def are_accepted() -> bool:
        return len(accepted) >= 20

    submitting = [asyncio.create_task(submit_until_it_dies()) for _ in range(4)]
    await eventually(are_accepted)
    await system.stack.gateways[0].kill()
    await asyncio.gather(*submitting)
    for job in accepted:
        await system.other.until(job, "completed")
        await system.other.log(job)


@pytest.mark.timeout(240)
async def test_broker_may_be_away_while_work_is_accepted_answered_and_run(system: System) -> None:
    await system.model.script(find_gaps(question=None, contains="<running>", gate="held"), find_gaps(), rewrite())
    waiting, running = await system.one.submit(task="<waiting>"), await system.one.submit(task="<running>")
    await system.one.question(waiting)
    await system.model.gate("held", waiting=1)
    async with system.other.events(waiting) as stream:
        await stream.until("question.asked")
        await system.stack.rabbit.stop()
        new = await system.one.submit(task="<new>")
        orphan = await system.other.submit(task="<orphan>")
        assert (await system.one.answer(waiting, ANSWER)).status_code == 200
        await system.model.open("held")
        await system.stack.gateways[0].kill()
        await system.stack.rabbit.start()
        for job in (new, orphan):
            assert (await system.other.answer(job, ANSWER)).status_code == 200
        await stream.to_the_end()
    assert_whole([frame for frame in stream.frames if frame["seq"] is not None])
    for job in (waiting, running, new, orphan):
        assert (await system.other.until(job, "completed"))["result"]["result"] == REWRITTEN
        await system.other.log(job)
    reading = await system.model.meter()
    assert Counter(call.rule for call in reading.calls) == {"find gaps": 4, "rewrite": 4}


@pytest.mark.timeout(180)
async def test_database_may_restart_while_jobs_are_accepted_and_run(system: System) -> None:
    await system.model.script(find_gaps(delay=0.02), rewrite(delay=0.02))
    accepted, refused = list[str](), list[int]()
    enough = asyncio.Event()

    async def submit(gateway: Parley) -> None:
        while not enough.is_set():
            response = await gateway.http.post("/api/enhance/", json={"lazy_prompt": "write about boots"})
            if response.status_code == 202:
                accepted.append(response.json()["task_id"])
            else:
                refused.append(response.status_code)
            await asyncio.sleep(0.05)

    submitting = [asyncio.create_task(submit(gateway)) for gateway in system.gateways]

    def so_many(number: int) -> Callable[[], Awaitable[bool]]:
        async def are_accepted() -> bool:
            return len(accepted) >= number

        return are_accepted

    await eventually(so_many(6))
    await system.stack.postgres.restart()
    await eventually(so_many(len(accepted) + 4))
    enough.set()
    await asyncio.gather(*submitting)
    assert set(refused) <= {503}
    for job in accepted:
        assert (await system.one.answer(job, ANSWER)).status_code == 200
        await system.other.until(job, "completed")
        await system.other.log(job)


async def test_requests_are_served_without_redis(system: System) -> None:
    await system.model.script(find_gaps(), rewrite())
    await system.stack.redis.kill()
    job = await system.one.submit()
    async with system.other.enhancement(job) as socket:
        await socket.until("user_question")
        await socket.answer(ANSWER)
        assert (await socket.until("task_complete"))["result"] == REWRITTEN
    await back(system.stack.redis)
    assert (await system.one.job(job))["status"] == "completed"


async def test_gateway_is_alive_but_not_ready_while_its_broker_is_down(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite())
    http, rabbit = system.one.http, system.stack.rabbit
    await rabbit.stop()
    down = await http.get("/health/ready")
    assert down.status_code == 503
    assert down.json()["checks"]["bus"] == "failed"
    assert (await http.get("/health/live")).status_code == 200
    job = await system.one.submit()
    assert (await system.one.job(job))["status"] == "pending"
    await rabbit.start()

    async def is_ready() -> bool:
        return (await http.get("/health/ready")).status_code == 200

    await eventually(is_ready)
    assert (await system.one.until(job, "completed"))["status"] == "completed"
