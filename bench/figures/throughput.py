"""No-op jobs per second: start command published → completed event consumed, against Celery on the same broker."""

from __future__ import annotations

import asyncio
import os
import statistics
import time

import aio_pika

from bench.commands import publish, start
from bench.measuring import Check, Figure
from bench.peers import celery_client
from bench.site import Servers, Site
from bench.size import Size
from bench.spending import Spending
from parley_common.bus.message import COMMANDS, EVENTS

PROCESSES = os.cpu_count() or 1
AT_ONCE = 200


async def measure(servers: Servers, size: Size) -> Figure:
    ours, theirs = [], []
    for _ in range(size.rounds):
        async with servers.site(workers=PROCESSES) as site:
            await completed_per_second(site, size.jobs // 10)
            spending = Spending(servers, site)
            await spending.begin()
            ours.append(await completed_per_second(site, size.jobs))
            spent = await spending.per_job(size.jobs)
        async with servers.site() as site:
            theirs.append(await celery_client.per_second(site, processes=PROCESSES, tasks=size.jobs))
    parley, celery = statistics.median(ours), statistics.median(theirs)
    return Figure(
        f"No-op jobs per second, {PROCESSES} worker processes",
        [f"Parley: {parley:.0f} jobs/s", f"Celery: {celery:.0f} tasks/s"],
        [Check("of Celery's rate", parley / celery, 0.6, sense="at least")],
        [f"rounds: Parley {_rounded(ours)}, Celery {_rounded(theirs)}", spent],
    )


async def completed_per_second(site: Site, number: int) -> float:
    """Publishes `number` start commands, confirmed, while counting the completed events that come back."""
    starts = [start("noop") for _ in range(number)]
    async with await aio_pika.connect(site.amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(COMMANDS)
        completed = await channel.declare_queue(exclusive=True)
        await completed.bind(EVENTS, "enhancer.job.completed.v1")
        all_back, back = asyncio.Event(), 0

        def count(_: object) -> None:
            nonlocal back
            back += 1
            if back == number:
                all_back.set()

        await completed.consume(count, no_ack=True)  # type: ignore[arg-type]
        began = time.monotonic()
        for first in range(0, number, AT_ONCE):
            await asyncio.gather(*(publish(exchange, each) for each in starts[first : first + AT_ONCE]))
        await all_back.wait()
        return number / (time.monotonic() - began)


def _rounded(rates: list[float]) -> list[int]:
    return [round(rate) for rate in rates]
