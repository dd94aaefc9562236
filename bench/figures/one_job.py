"""A no-op job, one at a time: from the POST to `task_complete` on the socket."""

from __future__ import annotations

import time

from bench.client import Client, connected
from bench.measuring import Check, Figure, latency, sampled
from bench.raw import round_trips
from bench.site import Servers
from bench.size import Size
from bench.spending import Spending


async def measure(servers: Servers, size: Size) -> Figure:
    jobs, raw = [], []
    async with (
        servers.site(gateways=1, workers=1) as site,
        connected(site.url) as client,
        round_trips(site.amqp_url, folder=site.folder) as round_trip,
    ):
        spending = Spending(servers, site)
        for number in range(size.rounds):
            warm_up = 10 if number == 0 else 2
            raw.append(await sampled(round_trip, warm_up=warm_up, count=size.samples))
            await spending.begin()
            jobs.append(await sampled(lambda: one_job(client), warm_up=warm_up, count=size.samples))
        spent = await spending.per_job(size.samples + warm_up)
    ours, bare = latency(jobs), latency(raw)
    return Figure(
        "A no-op job, `POST` → `task_complete` on the socket, one at a time",
        [f"job: {ours}", f"raw round trip: {bare}"],
        [Check("p50 against the raw round trip", ours.p50 / bare.p50, 6)],
        [spent],
    )


async def one_job(client: Client) -> float:
    """Seconds from the request to the final frame; the socket is opened in between, as clients do."""
    began = time.monotonic()
    job = await client.submit("noop")
    async with client.following(job) as socket:
        await socket.until("task_complete")
        return time.monotonic() - began
