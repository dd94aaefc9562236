"""Parley's own exchanges and queues: which message reaches which queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from faststream.middlewares import AckPolicy
from faststream.rabbit import RabbitExchange, RabbitQueue

from parley_common.bus import topology
from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.broker import Bus, BusError
from parley_common.bus.message import Outgoing, command, event
from parley_common.contracts.commands import AnswerQuestion, CancelJob, ResumeJob
from parley_common.contracts.events import Delta, JobStarted, JobStep, MessageDelta, Started, Step
from parley_common.contracts.jobs import Priority

NOW = datetime.now(UTC)
JOB = {"job": uuid4(), "kind": "enhance", "owner": "ann"}


def listen(bus: Bus, queue: RabbitQueue, exchange: RabbitExchange, reader: Any) -> None:
    @bus.broker.subscriber(queue, exchange, channel=topology.consumer(100), ack_policy=AckPolicy.ACK_FIRST)
    async def on_message(message: RabbitMessage) -> None:
        await reader(message.raw_message)


@pytest.fixture
async def bus(make_bus: Callable[[], Bus]) -> Bus:
    bus = make_bus()
    await bus.start()
    return bus


@pytest.fixture
async def take(bus: Bus) -> Callable[[str], Awaitable[Any]]:
    """Take one message from a queue, or None."""
    connection = await bus.broker.connect()
    channel = await connection.channel()

    async def take(name: str) -> Any:
        queue = await channel.declare_queue(name, passive=True)
        return await queue.get(fail=False, no_ack=True)

    return take


async def test_declaring_the_topology_again_is_harmless(bus: Bus) -> None:
    await topology.declare(bus.broker, services=("enhancer",))


@pytest.mark.parametrize(
    ("message", "queue"),
    [
        (command("enhancer", "resume", ResumeJob(**JOB)), "enhancer.interactive"),
        (command("enhancer", "resume", ResumeJob(**JOB), priority=Priority.BATCH), "enhancer.batch"),
        (
            command("enhancer", "answer", AnswerQuestion(**JOB, question_id=uuid4(), answer_id="a", answered_at=NOW)),
            "enhancer.control",
        ),
        (command("enhancer", "cancel", CancelJob(**JOB, requested_at=NOW)), "enhancer.control"),
        (
            event("enhancer", JobStarted(job=JOB["job"], seq=2, time=NOW, data=Started(attempt=1)), owner="ann"),
            "gateway.recorder",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.key,
)
async def test_message_reaches_its_queue_and_no_other(bus: Bus, take: Any, message: Outgoing, queue: str) -> None:
    await bus.publish(message)
    got = {name: await take(name) for name in topology.shared_queues()}
    assert got.pop(queue).body == message.body
    assert not any(got.values())


async def test_cancellation_also_reaches_every_worker_process(make_bus: Callable[[], Bus], make_reader: Any) -> None:
    workers = {make_bus(): make_reader() for _ in range(2)}
    for number, (bus, reader) in enumerate(workers.items()):
        listen(bus, topology.cancel_queue("enhancer", str(number)), topology.COMMANDS, reader)
        await bus.start()
    sent = command("enhancer", "cancel", CancelJob(**JOB, requested_at=NOW))
    await bus.publish(sent)
    for reader in workers.values():
        assert (await reader.wait(1))[0].body == sent.body


async def test_ephemeral_events_reach_live_queues_and_not_the_recorder(
    make_bus: Callable[[], Bus], make_reader: Any
) -> None:
    bus, live = make_bus(), make_reader()
    listen(bus, topology.live_queue("one"), topology.EVENTS, live)
    await bus.start()
    delta = MessageDelta(job=JOB["job"], time=NOW, data=Delta(message_id="m", delta="x", offset=0))
    begun = JobStep(job=JOB["job"], time=NOW, data=Step(key="k", name="n", status="started"))
    done = JobStep(job=JOB["job"], seq=3, time=NOW, data=Step(key="k", name="n", status="completed"))
    sent = [event("enhancer", body, owner="ann") for body in (delta, begun, done)]
    for message in sent:
        await bus.publish(message, persist=message is sent[-1])
    await live.wait(3)
    assert live.bodies == [message.body for message in sent]
    connection = await bus.broker.connect()
    recorder = await (await connection.channel()).declare_queue("gateway.recorder", passive=True)
    assert (await recorder.get()).body == sent[-1].body
    assert await recorder.get(fail=False) is None


async def test_ephemeral_event_needs_no_reader(bus: Bus) -> None:
    delta = MessageDelta(job=JOB["job"], time=NOW, data=Delta(message_id="m", delta="x", offset=0))
    await bus.publish(event("enhancer", delta, owner="ann"), persist=False)


async def test_command_to_a_service_that_does_not_exist_is_an_error(bus: Bus) -> None:
    with pytest.raises(BusError):
        await bus.publish(command("nobody", "resume", ResumeJob(**JOB)))


async def test_publishing_before_the_bus_is_started_is_an_error(make_bus: Callable[[], Bus]) -> None:
    with pytest.raises(BusError):
        await make_bus().publish(command("enhancer", "resume", ResumeJob(**JOB)))


async def test_headers_carry_the_cloud_event_and_its_owner(bus: Bus, take: Any) -> None:
    sent = command("enhancer", "resume", ResumeJob(**JOB))
    await bus.publish(sent)
    got = await take("enhancer.interactive")
    assert got.headers["cloudEvents:type"] == "enhancer.resume.v1"
    assert got.headers["cloudEvents:owner"] == "ann"
    assert got.headers["cloudEvents:id"] == got.message_id == str(sent.id)
    assert (got.content_type, got.delivery_mode) == ("application/json", 2)
