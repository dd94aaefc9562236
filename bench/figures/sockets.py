"""Thousands of sockets on one gateway process: what each costs, and how fast and how surely frames reach them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

import aio_pika
import aiohttp
from channels_redis.core import RedisChannelLayer

from bench.client import connected
from bench.commands import publish
from bench.crowd import Seen, Watched, crowd
from bench.frames import CONTROL_EVERY, frames_of
from bench.measuring import Check, Figure, latency
from bench.pace import steadily
from bench.site import Servers, Site, memory, running
from bench.size import Size
from parley_common.bus.message import EVENTS, event
from parley_common.contracts.events import Event
from parley_standalone.servers import Process
from parley_standalone.servers.ports import free_port

READERS = 20
WARM_UP = 2.0
DRAIN = 3.0
KIB = 1024
Send = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Outcome:
    """What one system did with the same frames."""

    kib_per_socket: float
    sent_per_second: float
    sent_control: int
    seen: Seen

    @property
    def lost_control(self) -> int:
        return self.sent_control - self.seen.control

    def lines(self, name: str) -> list[str]:
        return [
            f"{name}: {self.kib_per_socket:.1f} KiB a socket; {latency([self.seen.latencies])} "
            f"at {self.sent_per_second:.0f} frames/s",
            f"{name}: {self.seen.frames:,} frames received, {self.lost_control:,} of {self.sent_control:,} "
            f"control events lost, {self.seen.closed} sockets closed",
        ]


async def measure(servers: Servers, size: Size) -> Figure:
    async with servers.site(gateways=1) as site:
        ours = await _parley(site, size)
    async with servers.site() as site:
        theirs = await _channels(site, size)
    return Figure(
        f"{size.sockets:,} sockets on one process, {size.frames_per_second:,} frames/s",
        [*ours.lines("Parley"), *theirs.lines("Channels")],
        [
            Check("memory per socket", ours.kib_per_socket, 40, unit="KiB"),
            Check("p99 broker → socket", latency([ours.seen.latencies]).p99, 50, unit="ms"),
            Check("control events lost", ours.lost_control, 0, unit=""),
            Check("holes in the numbers of events", ours.seen.holes, 0, unit=""),
            Check("of the wanted frames a second", ours.sent_per_second / size.frames_per_second, 0.98, "at least", ""),
        ],
        [
            f"each socket follows one job, {READERS} sockets each job: a message of the broker becomes {READERS} "
            f"frames; every {CONTROL_EVERY}th is a control event, the others are deltas",
        ],
    )


async def _parley(site: Site, size: Size) -> Outcome:
    async with connected(site.url) as client:
        jobs = [await client.submit("noop") for _ in range(size.sockets // READERS)]
    say = [json.dumps({"type": "subscribe", "job": jobs[i % len(jobs)]}) for i in range(size.sockets)]
    before = memory(site.gateways[0].process)
    async with crowd(site.url, ["/v1/ws"] * size.sockets, say=say) as watched, _to_broker(site.amqp_url, jobs) as send:
        return await _measured(watched, send, size, process=site.gateways[0].process, before=before, jobs=len(jobs))


async def _channels(site: Site, size: Size) -> Outcome:
    jobs = [str(UUID(int=number + 1)) for number in range(size.sockets // READERS)]
    port = free_port()
    env = {"BENCH_REDIS_URL": site.redis_url, "PORT": str(port)}
    layer = RedisChannelLayer(hosts=[site.redis_url])
    async with running("channels", ["-m", "bench.peers.channels_app"], folder=site.folder, env=env) as process:
        url = f"http://127.0.0.1:{port}"
        await _serves(url)
        before = memory(process)
        paths = [f"/ws/{jobs[index % len(jobs)]}/" for index in range(size.sockets)]
        events = _events(jobs)

        async def send() -> None:
            each = next(events)
            await layer.group_send(str(each.job), {"type": "frame", "text": each.model_dump_json()})

        async with crowd(url, paths) as watched:
            return await _measured(watched, send, size, process=process, before=before, jobs=len(jobs))


async def _measured(watched: Watched, send: Send, size: Size, *, process: Process, before: float, jobs: int) -> Outcome:
    await asyncio.sleep(WARM_UP)
    grown = memory(process) - before
    await watched.seen()
    messages = size.frames_per_second / READERS
    rate = await steadily(send, per_second=messages, seconds=size.seconds)
    await asyncio.sleep(DRAIN)
    sent = round(messages * size.seconds)
    control = sum(_turns(sent, jobs, index) // CONTROL_EVERY for index in range(jobs)) * READERS
    return Outcome(grown * KIB / size.sockets, rate * READERS, control, await watched.seen())


def _turns(sent: int, jobs: int, index: int) -> int:
    """How many of `sent` messages, dealt out in turn, are those of one job."""
    return sent // jobs + (index < sent % jobs)


def _events(jobs: list[str]) -> Iterator[Event]:
    for each in cycle([frames_of(UUID(job)) for job in jobs]):
        yield next(each)


@asynccontextmanager
async def _to_broker(amqp_url: str, jobs: list[str]) -> AsyncIterator[Send]:
    """Publishes as a worker does: control events persistent, deltas not."""
    events = _events(jobs)
    async with await aio_pika.connect(amqp_url) as connection:
        exchange = await (await connection.channel(publisher_confirms=True)).get_exchange(EVENTS)

        async def send() -> None:
            frame = next(events)
            await publish(exchange, event("enhancer", frame, owner="local"), persist=frame.seq is not None)

        yield send


async def _serves(url: str) -> None:
    """Returns once something answers there."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
