"""No-op jobs per second through everything: HTTP, journal, events, recorder and the socket that tells the user."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from contextlib import AsyncExitStack

from bench.client import Client, Socket, connected
from bench.measuring import Check, Figure
from bench.peers import celery_client
from bench.site import Servers, Site
from bench.size import Size
from bench.spending import Spending

PROCESSES = os.cpu_count() or 1
USERS = 32


async def measure(servers: Servers, size: Size) -> Figure:
    ours, theirs = [], []
    for _ in range(size.rounds):
        async with servers.site(gateways=1, workers=PROCESSES) as site:
            await seen_per_second(site, size.everything // 10)
            spending = Spending(servers, site)
            await spending.begin()
            ours.append(await seen_per_second(site, size.everything))
            spent = await spending.per_job(size.everything)
        async with servers.site() as site:
            theirs.append(await celery_client.per_second(site, processes=PROCESSES, tasks=size.jobs))
    parley, celery = statistics.median(ours), statistics.median(theirs)
    return Figure(
        f"The same through everything, one gateway and {PROCESSES} worker processes",
        [f"Parley: {parley:.0f} jobs/s", f"Celery, without HTTP and sockets: {celery:.0f} tasks/s"],
        [Check("of Celery's rate", parley / celery, 0.3, sense="at least")],
        [f"rounds: Parley {[round(r) for r in ours]}, Celery {[round(r) for r in theirs]}", spent],
    )


async def seen_per_second(site: Site, number: int) -> float:
    """`USERS` users with a socket each, who submit one job after the other and wait for its end."""
    left = iter(range(number))
    async with AsyncExitStack() as stack:
        users = []
        for _ in range(USERS):
            client = await stack.enter_async_context(connected(site.url))
            users.append((client, await stack.enter_async_context(client.following_many())))
        began = time.monotonic()
        await asyncio.gather(*(_submit_while(left, *user) for user in users))
        return number / (time.monotonic() - began)


async def _submit_while(left: object, client: Client, socket: Socket) -> None:
    for _ in left:  # type: ignore[attr-defined]
        job = await client.submit("noop")
        await socket.say(type="subscribe", job=job)
        await socket.until("job.completed")
