"""The same promises on both brokers: every test of this folder runs in process and on a real RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from faststream.rabbit import RabbitBroker

from parley_common.bus.broker import Bus, make_broker
from parley_common.settings import Settings

PATIENCE = 20.0


class Reader:
    """A consumer that keeps what it gets and acknowledges nothing by itself."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self._arrived = asyncio.Condition()

    async def __call__(self, message: Any) -> None:
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    @property
    def bodies(self) -> list[bytes]:
        return [message.body for message in self.messages]

    async def wait(self, count: int) -> list[Any]:
        """All messages so far, once there are `count`."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)
        return self.messages


class Client:
    """One connection of a test, with names of its own for what it declares."""

    def __init__(self, broker: RabbitBroker, connection: Any) -> None:
        self.broker = broker
        self.connection = connection

    async def queue(self, name: str = "", *, channel: Any = None, **options: Any) -> Any:
        channel = channel or await self.connection.channel()
        durable = options.pop("durable", not options.get("exclusive"))
        return await channel.declare_queue(name or f"q-{uuid4().hex}", durable=durable, **options)

    async def topic(self, name: str = "", *, channel: Any = None) -> Any:
        channel = channel or await self.connection.channel()
        return await channel.declare_exchange(name or f"x-{uuid4().hex}", "topic", durable=True)

    async def send(self, queue: Any, *bodies: bytes, **options: Any) -> None:
        for body in bodies:
            await self.broker.publish(body, queue=queue.name, persist=True, **options)

    async def close(self) -> None:
        await self.broker.stop()


Connect = Callable[[], Awaitable[Client]]


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.connected)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = "memory://" if request.param == "memory" else request.getfixturevalue("amqp_url")
    return Settings(PARLEY_DATA=tmp_path, AMQP_URL=url)


@pytest.fixture
async def connect(settings: Settings) -> AsyncIterator[Connect]:
    clients: list[Client] = []

    async def connect() -> Client:
        broker = make_broker(settings, service="test")
        client = Client(broker, await broker.connect())
        clients.append(client)
        return client

    yield connect
    for client in clients:
        await client.close()


@pytest.fixture
async def client(connect: Connect) -> Client:
    return await connect()


@pytest.fixture
def make_reader() -> type[Reader]:
    return Reader


@pytest.fixture
async def make_bus(settings: Settings) -> AsyncIterator[Callable[[], Bus]]:
    """A service's bus; add subscribers to its broker, then start it."""
    buses: list[Bus] = []

    def make() -> Bus:
        buses.append(Bus(make_broker(settings, service="test")))
        return buses[-1]

    yield make
    for bus in buses:
        await bus.stop()
