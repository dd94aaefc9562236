"""What waits costs nothing, and what is cancelled costs nothing more."""

from __future__ import annotations

import asyncio
import logging
import random
import time

import pytest
from support.clients import PATIENCE, Parley, eventually
from support.scripts import ANSWER, calls, find_gaps, rewrite
from support.system import SLOTS, System

from parley_common.testing.model_server.meter import MeterReading

WAITING = 1_000
AT_ONCE = 20
log = logging.getLogger(__name__)


async def submitted(parley: Parley, count: int, **fields: str) -> list[str]:
    """So many jobs, a few requests at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def submit() -> str:
        async with turn:
            return await parley.submit(**fields)

    return list(await asyncio.gather(*(submit() for _ in range(count))))


async def seconds_for_one(parley: Parley) -> float:
    """From the request to the result of a job that asks nothing."""
    began = time.monotonic()
    job = await parley.submit(task="urgent")
    async with parley.enhancement(job) as socket:
        await socket.until("task_complete")
    return time.monotonic() - began


@pytest.mark.timeout(420)
async def test_thousand_waiting_jobs_occupy_no_worker(system: System) -> None:
    await system.model.script(find_gaps(question=None, contains="urgent"), find_gaps(), rewrite())
    idle = await seconds_for_one(system.one)
    jobs = await submitted(system.one, WAITING, task="patient")

    async def all_wait() -> bool:
        in_the_gateway = await waiting(system, "gateway", jobs)  # which knows of it last
        return in_the_gateway == WAITING and await waiting(system, "enhancer", jobs) == WAITING

    await eventually(all_wait, patience=360)
    assert await system.running() == 0
    leases = "SELECT count(*) FROM job WHERE id = ANY($1::uuid[]) AND lease_owner IS NOT NULL"
    assert (await system.sql("enhancer", leases, jobs))[0]["count"] == 0
    await seconds_for_one(system.one)  # behind what the burst may have left in the queues
    loaded = await seconds_for_one(system.one)
    log.warning("a job took %.2f s on the idle system, %.2f s with %d waiting", idle, loaded, WAITING)
    assert await waiting(system, "enhancer", jobs) == WAITING
    some = random.sample(jobs, 5 * SLOTS)
    for job in some:
        assert (await system.other.answer(job, ANSWER)).status_code == 200
    for job in some:
        assert (await system.other.until(job, "completed"))["result"]["question"]["answer"] == ANSWER


async def waiting(system: System, service: str, jobs: list[str]) -> int:
    """How many of these wait, as this service sees it."""
    query = "SELECT count(*) FROM job WHERE id = ANY($1::uuid[]) AND status = 'waiting'"
    count: int = (await system.sql(service, query, jobs))[0]["count"]
    return count


@pytest.mark.parametrize("step", ["find gaps", "rewrite"])
async def test_no_model_call_starts_after_a_cancel_is_acknowledged(system: System, step: str) -> None:
    held = {"gate": "held"}
    await system.model.script(
        find_gaps(question=None, **(held if step == "find gaps" else {})),
        rewrite(**(held if step == "rewrite" else {})),
    )
    job = await system.one.submit()
    await system.model.gate("held", waiting=1)
    assert (await system.other.cancel(job)).status_code == 200
    acknowledged = await system.model.meter()
    await system.model.open("held")
    await system.idle()
    assert (await system.model.meter()).started == acknowledged.started
    assert (await system.one.job(job))["status"] == "cancelled"


async def test_no_model_call_starts_after_a_cancel_at_any_moment(system: System) -> None:
    await system.model.script(find_gaps(question=None, delay=0.01), rewrite(delay=0.01))
    chance = random.Random(7)  # noqa: S311 - moments, not secrets

    async def cancel_after(frames: int, name: str) -> tuple[str, int]:
        job = await system.one.submit(task=name)
        async with system.one.events(job) as stream:
            for _ in range(frames):
                await stream.read()
        response = await system.other.cancel(job)
        assert response.status_code in (200, 409), response.text
        return name, made(name, await system.model.meter())

    def made(name: str, reading: MeterReading) -> int:
        return sum(name in str(call.body) for call in reading.calls)

    async with asyncio.timeout(PATIENCE):
        acknowledged = await asyncio.gather(
            *(cancel_after(chance.randint(0, 14), f"<job {number}>") for number in range(12))
        )
    await system.idle()
    reading = await system.model.meter()
    assert [(name, made(name, reading)) for name, _ in acknowledged] == acknowledged
    assert calls(reading, "find gaps")
