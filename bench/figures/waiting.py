"""A hundred thousand jobs that wait for an answer: what the worker and everybody else notice of them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import httpx

from bench.client import Client, connected
from bench.figures.answer import answered, from_answer
from bench.figures.one_job import one_job
from bench.measuring import Check, Figure, Latency, latency, sampled
from bench.multiplying import multiply
from bench.site import Servers, Site, memory
from bench.size import Size

SETTLED = 5.0
HOW = (
    "One job really asked. The rows that the runtime and the gateway wrote for it were then copied under new ids "
    "(job and question; job, events and question), and both databases analysed."
)


async def measure(servers: Servers, size: Size) -> Figure:
    async with servers.site(gateways=1, workers=1) as site, connected(site.url) as client:
        await sampled(lambda: answered(client), warm_up=10, count=1)
        idle_job, idle_answer = await _latencies(client, size)
        idle_memory = memory(site.workers[0].process)
        waiting = await _fill(client, site, size.waiting)
        await asyncio.sleep(SETTLED)  # sweeper, resend and catch-up come round: they belong to what waiting costs
        slots = await _slots_taken(site)
        full_job, full_answer = await _latencies(client, size)
        woken = latency([[await from_answer(client, job) for job in waiting[: size.samples]]])
        growth = memory(site.workers[0].process) - idle_memory
    return Figure(
        f"{size.waiting:,} jobs waiting, against an idle system",
        [
            f"new job: {full_job}; idle {idle_job}",
            f"question and answer of a new job: {full_answer}; idle {idle_answer}",
            f"answer to one of the waiting jobs: {woken}",
            f"worker memory: {idle_memory:.0f} MiB idle, {growth:+.1f} MiB",
        ],
        [
            Check("more worker memory", growth, 50, unit="MiB"),
            Check("slots taken by waiting jobs", slots, 0, unit=""),
            Check("p50 of a new job against idle", full_job.p50 / idle_job.p50, 1.2),
            Check("p50 of an answer against idle", woken.p50 / idle_answer.p50, 1.5),
        ],
        [HOW],
    )


async def _latencies(client: Client, size: Size) -> tuple[Latency, Latency]:
    """Of a new job, and of an answer."""
    jobs = [await sampled(lambda: one_job(client), warm_up=2, count=size.samples) for _ in range(size.rounds)]
    answers = [await sampled(lambda: answered(client), warm_up=2, count=size.samples) for _ in range(size.rounds)]
    return latency(jobs), latency(answers)


async def _fill(client: Client, site: Site, number: int) -> list[str]:
    """Make `number` waiting jobs; returns the ids of some."""
    first = await client.submit("ask")
    async with client.following(first) as socket:
        asked = await socket.until("user_question")
    connections = [await asyncpg.connect(url.replace("+asyncpg", "")) for url in _urls(site)]
    try:
        await _until_recorded(connections[0], UUID(first))
        return await multiply(*connections, job=first, question=asked["question_id"], number=number - 1)
    finally:
        for connection in connections:
            await connection.close()


async def _until_recorded(gateway: asyncpg.Connection, job: UUID) -> None:
    async with asyncio.timeout(10):
        while await gateway.fetchval("SELECT status FROM job WHERE id = $1", job) != "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _slots_taken(site: Site) -> float:
    async with httpx.AsyncClient(base_url=site.workers[0].url, trust_env=False) as probe:
        lines = (await probe.get("/metrics")).text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("parley_worker_running ")))


def _urls(site: Site) -> tuple[str, str]:
    return site.databases["gateway"], site.databases["enhancer"]
