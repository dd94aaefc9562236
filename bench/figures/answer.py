"""From the moment an answer is sent until the job runs again."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from bench.client import Client, connected
from bench.measuring import Check, Figure, latency, sampled
from bench.peers.polling import ANSWER, ASKED, RESUMED
from bench.raw import round_trips
from bench.site import Servers, running
from bench.size import Size

POLL = 0.5


async def measure(servers: Servers, size: Size) -> Figure:
    ours, raw, polled = [], [], []
    async with (
        servers.site(gateways=1, workers=1) as site,
        connected(site.url) as client,
        round_trips(site.amqp_url, folder=site.folder) as round_trip,
        running("polling", ["-m", "bench.peers.polling"], folder=site.folder, env={"BENCH_REDIS_URL": site.redis_url}),
        Redis.from_url(site.redis_url, socket_timeout=None) as redis,
    ):
        for number in range(size.rounds):
            warm_up = 10 if number == 0 else 2
            raw.append(await sampled(round_trip, warm_up=warm_up, count=size.samples))
            ours.append(await sampled(lambda: answered(client), warm_up=warm_up, count=size.samples))
            polled.append(await sampled(lambda: polled_answer(redis), warm_up=1, count=size.polls))
    parley, bare, poll = latency(ours), latency(raw), latency(polled)
    return Figure(
        "Answer sent → job running again",
        [f"Parley: {parley}", f"raw round trip: {bare}", f"answer in Redis, polled every {POLL} s: {poll}"],
        [
            Check("p50 against the raw round trip", parley.p50 / bare.p50, 5),
            Check("times faster than the poll", poll.p50 / parley.p50, 25, sense="at least"),
        ],
    )


async def answered(client: Client) -> float:
    """Seconds from the answer frame until the workflow has its answer, by the clock all processes share."""
    return await from_answer(client, await client.submit("ask"))


async def from_answer(client: Client, job: str) -> float:
    """The same for a job that asks, or has asked."""
    async with client.following(job) as socket:
        await socket.until("user_question")
        sent_at = time.monotonic()
        await socket.say(type="user_answer", answer="yes")
        return float((await socket.until("task_complete"))["at"]) - sent_at


async def polled_answer(redis: Redis) -> float:
    """The same where the worker looks for the answer twice a second; users answer at any moment in between."""
    job = uuid4().hex
    await redis.rpush(ASKED, job)
    await asyncio.sleep(random.uniform(POLL, 2 * POLL))  # noqa: S311 - when somebody answers is no secret
    sent_at = time.monotonic()
    await redis.set(ANSWER + job, "yes")
    resumed: Any = await redis.blpop(RESUMED + job)
    return float(resumed[1]) - sent_at
