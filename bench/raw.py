"""The bare round trip: aio-pika alone, durable quorum queues, persistent messages, every publish confirmed.

`python -m bench.raw` is the other side: it answers each message, and acknowledges once its answer is confirmed.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import uvloop
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from bench.site import running

ASKED = "bench.asked"
ANSWERED = "bench.answered"
BODY = b"x" * 400


async def quorum(channel: AbstractChannel, name: str) -> AbstractQueue:
    return await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})


def persistent(body: bytes) -> aio_pika.Message:
    return aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


@asynccontextmanager
async def round_trips(amqp_url: str, *, folder: Path) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """Yields what makes one round trip and returns its seconds."""
    async with (
        await aio_pika.connect(amqp_url) as connection,
        running("raw", ["-m", "bench.raw"], folder=folder, env={"BENCH_AMQP_URL": amqp_url}),
    ):
        channel = await connection.channel(publisher_confirms=True)
        await quorum(channel, ASKED)
        back: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await (await quorum(channel, ANSWERED)).consume(back.put)

        async def once() -> float:
            began = time.monotonic()
            publishing = asyncio.create_task(channel.default_exchange.publish(persistent(BODY), ASKED))
            message = await back.get()
            seconds = time.monotonic() - began
            await publishing
            await message.ack()
            return seconds

        yield once


async def answer_all(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch_count=8)
        await quorum(channel, ANSWERED)

        async def answer(message: AbstractIncomingMessage) -> None:
            await channel.default_exchange.publish(persistent(message.body), ANSWERED)
            await message.ack()

        await (await quorum(channel, ASKED)).consume(answer)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(answer_all(os.environ["BENCH_AMQP_URL"]))
