"""What one journaled step costs in a job of twenty, against a bare INSERT and COMMIT on the same database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
import asyncpg
from aio_pika.abc import AbstractIncomingMessage

from bench.commands import publish, start
from bench.measuring import MILLI, Check, Figure, latency, sampled
from bench.site import Servers, Site
from bench.size import Size
from parley_common.bus.message import COMMANDS, EVENTS

STEPS = 20
ROW = "x" * 200
Sample = Callable[[], Awaitable[float]]


async def measure(servers: Servers, size: Size) -> Figure:
    jobs, bare = [], []
    async with servers.site(workers=1) as site, _inserts(site) as insert, _jobs(site) as per_step:
        for _ in range(size.rounds):
            bare.append(await sampled(insert, warm_up=10, count=size.samples))
            jobs.append(await sampled(per_step, warm_up=3, count=max(10, size.samples // 10)))
    step, commit = latency(jobs), latency(bare)
    return Figure(
        f"A job of {STEPS} steps: overhead per step",
        [f"step: {step.p50:.2f} ms", f"bare INSERT and COMMIT: {commit}"],
        [Check("against the bare commit", step.p50 / commit.p50, 3)],
        [f"a whole job: {step.p50 * STEPS / MILLI:.3f} s, one worker process, one job at a time"],
    )


@asynccontextmanager
async def _jobs(site: Site) -> AsyncIterator[Sample]:
    """Yields what runs one job and returns the seconds of each of its steps, as the workflow saw them."""
    async with await aio_pika.connect(site.amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(COMMANDS)
        completed = await channel.declare_queue(exclusive=True)
        await completed.bind(EVENTS, "enhancer.job.completed.v1")
        ended: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await completed.consume(ended.put, no_ack=True)

        async def one() -> float:
            await publish(exchange, start("steps", str(STEPS)))
            body = json.loads((await ended.get()).body)
            return float(body["data"]["result"]["seconds"]) / STEPS

        yield one


@asynccontextmanager
async def _inserts(site: Site) -> AsyncIterator[Sample]:
    """Yields what inserts and commits one row, and returns the seconds it took."""
    connection = await asyncpg.connect(site.databases["enhancer"].replace("+asyncpg", ""))
    try:
        await connection.execute("CREATE TABLE bare (id serial PRIMARY KEY, body text)")

        async def one() -> float:
            began = time.monotonic()
            async with connection.transaction():
                await connection.execute("INSERT INTO bare (body) VALUES ($1)", ROW)
            return time.monotonic() - began

        yield one
    finally:
        await connection.close()
