"""What the in-process broker keeps when its process ends, in an orderly way or not."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import Outgoing
from parley_common.settings import Settings

QUEUE = "enhancer.interactive"
PUBLISH_UNTIL_KILLED = """
import asyncio, sys
from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import Outgoing
from parley_common.settings import Settings

async def main():
    bus = Bus(make_broker(Settings(PARLEY_DATA=sys.argv[1], AMQP_URL="memory://"), service="test"))
    await bus.start()
    number = 0
    while True:
        batch = range(number, number + 10)
        await asyncio.gather(
            *(bus.publish(Outgoing("parley.commands", "enhancer.start.v1", str(n).encode(), {})) for n in batch)
        )
        number += 10
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(PARLEY_DATA=tmp_path, AMQP_URL="memory://")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Bus]:
    bus = Bus(make_broker(settings, service="test"))
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


@asynccontextmanager
async def reading(bus: Bus) -> AsyncIterator[Callable[[], Any]]:
    connection = await bus.broker.connect()
    async with connection.channel() as channel:
        queue = await channel.declare_queue(QUEUE, passive=True)
        yield lambda: queue.get(fail=False)


async def send(bus: Bus, *bodies: bytes) -> None:
    for body in bodies:
        await bus.publish(Outgoing("parley.commands", "enhancer.start.v1", body, {"mine": "kept"}))


async def test_messages_survive_in_order_with_everything_they_carry(settings: Settings) -> None:
    async with running(settings) as bus:
        await send(bus, b"1", b"2", b"3")
    async with running(settings) as bus, reading(bus) as get:
        messages = [await get() for _ in range(3)]
    assert [message.body for message in messages] == [b"1", b"2", b"3"]
    assert (messages[0].headers["mine"], messages[0].routing_key) == ("kept", "enhancer.start.v1")
    assert (messages[0].content_type, messages[0].delivery_mode) == ("application/json", 2)


async def test_acknowledged_messages_stay_gone_and_unacknowledged_ones_come_again(settings: Settings) -> None:
    async with running(settings) as bus, reading(bus) as get:
        await send(bus, b"1", b"2")
        await (await get()).ack()
        assert (await get()).body == b"2"
    async with running(settings) as bus, reading(bus) as get:
        again = await get()
        assert (again.body, again.redelivered) == (b"2", True)
        assert await get() is None


async def test_bindings_survive_so_that_nothing_is_unroutable_before_services_declare(settings: Settings) -> None:
    async with running(settings):
        pass
    bus = Bus(make_broker(settings, service="test"))
    await bus.broker.connect()
    await send(bus, b"1")
    async with reading(bus) as get:
        assert (await get()).body == b"1"
    await bus.stop()


async def test_backlog_is_not_worn_out_by_many_restarts(settings: Settings) -> None:
    async with running(settings) as bus:
        await send(bus, b"1")
    for _ in range(25):
        async with running(settings):
            pass
    async with running(settings) as bus, reading(bus) as get:
        message = await get()
        assert message.body == b"1"
        await message.nack(requeue=True)
        assert (await get()).body == b"1"


async def test_every_confirmed_message_survives_a_kill(settings: Settings) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PUBLISH_UNTIL_KILLED, str(settings.data), stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    assert process.stdout
    confirmed = 0
    while confirmed < 200:
        confirmed = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    lines = (await process.stdout.read()).split()
    await process.wait()
    confirmed = int(lines[-1]) if lines else confirmed
    async with running(settings) as bus, reading(bus) as get:
        bodies = []
        while message := await get():
            bodies.append(int(message.body))
    assert bodies[:confirmed] == list(range(confirmed))


async def test_services_of_one_process_share_one_broker(settings: Settings) -> None:
    async with running(settings) as one, running(settings) as two, reading(two) as get:
        await send(one, b"1")
        assert (await get()).body == b"1"


async def test_other_folders_are_other_brokers(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"data": tmp_path / "elsewhere"})
    async with running(settings) as one, running(elsewhere) as two, reading(two) as get:
        await send(one, b"1")
        assert await get() is None
