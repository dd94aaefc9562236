"""One job emits deltas to twenty readers; what the others notice when one of them is frozen."""

from __future__ import annotations

import asyncio

from bench.client import connected
from bench.crowd import Seen, crowd
from bench.measuring import Check, Figure, Latency, latency
from bench.site import Servers, Site
from bench.size import Size

READERS = 20
PER_SECOND = 2_000


async def measure(servers: Servers, size: Size) -> Figure:
    calm, stormy = [], []
    async with servers.site(gateways=1, workers=1) as site:
        for _ in range(size.rounds):
            calm.append(await _storm(site, size.deltas, frozen=0))
            stormy.append(await _storm(site, size.deltas, frozen=1))
    without, with_one = _latency(calm), _latency(stormy)
    complete = min(seen.stamps / (readers * size.deltas) for seen, readers in _told(calm, stormy))
    return Figure(
        f"Event storm: {size.deltas:,} deltas to {READERS} readers, one of them frozen",
        [f"the other readers: {with_one}", f"with nobody frozen: {without}"],
        [
            Check("p99 against nobody frozen", with_one.p99 / without.p99, 1.5),
            Check("of all text reached each reader", complete, 1, sense="at least", unit=""),
        ],
        [f"the job writes {PER_SECOND:,} times a second; a write is timed until a reader has it"],
    )


async def _storm(site: Site, number: int, *, frozen: int) -> Seen:
    async with connected(site.url) as client:
        job = await client.submit("deltas", f"{number}/{PER_SECOND}")
        async with crowd(site.url, [f"/ws/enhance/{job}/"] * READERS, frozen=frozen) as watched:
            async with client.following(job) as socket:
                await socket.until("user_question")
                await socket.say(type="user_answer", answer="yes")
                await socket.until("task_complete")
            await asyncio.sleep(1)
            return await watched.seen()


def _told(calm: list[Seen], stormy: list[Seen]) -> list[tuple[Seen, int]]:
    return [(seen, READERS) for seen in calm] + [(seen, READERS - 1) for seen in stormy]


def _latency(rounds: list[Seen]) -> Latency:
    return latency([seen.latencies for seen in rounds])
