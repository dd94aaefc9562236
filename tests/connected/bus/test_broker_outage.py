"""RabbitMQ not there yet, gone for a while, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from parley_common.bus import topology
from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.broker import Bus, BusError, make_broker
from parley_common.bus.message import Outgoing, command
from parley_common.contracts.commands import CancelJob, ResumeJob
from parley_common.contracts.jobs import Priority
from parley_common.settings import Settings
from parley_standalone.servers import RabbitServer

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]
PATIENCE = 90


class Worker:
    """A bus with one shared queue and one of its own; everything that arrives is noted."""

    def __init__(self, settings: Settings) -> None:
        self.bus = Bus(make_broker(settings, service="enhancer"))
        self.work: asyncio.Queue[ResumeJob] = asyncio.Queue()
        self.cancels: asyncio.Queue[CancelJob] = asyncio.Queue()
        self.reconnected = asyncio.Event()
        self.bus.on_reconnected(self._on_reconnected)
        broker = self.bus.broker

        @broker.subscriber(
            topology.work_queue("enhancer", Priority.INTERACTIVE), topology.COMMANDS, channel=topology.consumer(1)
        )
        async def on_resume(command: ResumeJob, message: RabbitMessage) -> None:
            self.work.put_nowait(command)

        @broker.subscriber(topology.cancel_queue("enhancer", "one"), topology.COMMANDS, channel=topology.consumer(10))
        async def on_cancel(command: CancelJob, message: RabbitMessage) -> None:
            self.cancels.put_nowait(command)

    async def _on_reconnected(self) -> None:
        self.reconnected.set()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RabbitServer]:
    server = RabbitServer(tmp_path / "rabbitmq")
    yield server
    await server.kill()


@pytest.fixture
async def worker(server: RabbitServer, tmp_path: Path) -> AsyncIterator[Worker]:
    worker = Worker(Settings(PARLEY_DATA=tmp_path, AMQP_URL=server.url))
    yield worker
    await worker.bus.stop()


def resume() -> Outgoing:
    return command("enhancer", "resume", ResumeJob(job=uuid4(), kind="enhance", owner="ann"))


def cancel() -> Outgoing:
    now = datetime.now(UTC)
    return command("enhancer", "cancel", CancelJob(job=uuid4(), kind="enhance", owner="ann", requested_at=now))


async def deliver(worker: Worker) -> None:
    """Both queues work: what is published now, as often as it takes, arrives."""
    async with asyncio.timeout(PATIENCE):
        for message, arrived in ((resume(), worker.work), (cancel(), worker.cancels)):
            while not await accepted(worker, message):
                pass
            await arrived.get()


async def accepted(worker: Worker, message: Outgoing) -> bool:
    try:
        await worker.bus.publish(message)
    except BusError:
        return False
    return True


async def test_service_started_first_waits_for_the_broker_and_survives_its_restart(
    server: RabbitServer, worker: Worker
) -> None:
    starting = asyncio.create_task(worker.bus.start())
    with pytest.raises(BusError):
        await worker.bus.publish(resume())
    assert not starting.done()
    await server.start()
    async with asyncio.timeout(PATIENCE):
        await starting
    await deliver(worker)

    await server.stop()
    with pytest.raises(BusError):
        await worker.bus.publish(resume())
    await server.start()
    async with asyncio.timeout(PATIENCE):
        await worker.reconnected.wait()
    await deliver(worker)


async def test_publishes_cut_off_by_a_crash_fail_cleanly_and_confirmed_ones_are_kept(
    server: RabbitServer, worker: Worker
) -> None:
    await server.start()
    await worker.bus.start()
    # RabbitMQ 3.10 may not find the leader of a quorum queue again when it is killed seconds after declaring it.
    await server.stop()
    await server.start()
    async with asyncio.timeout(PATIENCE):
        await worker.reconnected.wait()
    worker.reconnected.clear()
    confirmed = 0

    async def publish_until_it_fails() -> None:
        nonlocal confirmed
        while await accepted(worker, resume()):
            confirmed += 1

    publishers = [asyncio.create_task(publish_until_it_fails()) for _ in range(20)]
    for _ in range(20):
        await worker.work.get()
    await server.kill()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*publishers)
    assert all(not publisher.cancelled() for publisher in publishers)

    await server.start()
    async with asyncio.timeout(PATIENCE):
        await worker.reconnected.wait()
        for _ in range(confirmed - 20):
            await worker.work.get()
    await deliver(worker)


async def test_broker_that_lost_everything_gets_its_topology_back(
    server: RabbitServer, worker: Worker, tmp_path: Path
) -> None:
    await server.start()
    await worker.bus.start()
    await server.kill()
    (tmp_path / "rabbitmq" / "mnesia").rename(tmp_path / "lost")
    await server.start()
    async with asyncio.timeout(PATIENCE):
        await worker.reconnected.wait()
    await deliver(worker)
