"""Looking at dead letters, and sending them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faststream.middlewares import AckPolicy

from parley_common.bus import dead, topology
from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.broker import Bus
from parley_common.contracts.jobs import Priority
from parley_common.errors import NotFound

QUEUE = "enhancer.interactive"


@pytest.fixture
async def bus(make_bus: Callable[[], Bus]) -> Bus:
    bus = make_bus()
    await bus.start()
    return bus


async def die(bus: Bus, *bodies: bytes, queue: str = QUEUE, **headers: Any) -> None:
    """Have the broker itself dead-letter messages, as it does at the delivery limit."""
    connection = await bus.broker.connect()
    async with connection.channel() as channel:
        source = await channel.declare_queue(queue, passive=True, robust=False)
        for body in bodies:
            await bus.broker.publish(body, queue=queue, persist=True, headers=headers)
            await (await source.get()).reject(requeue=False)
    letters: list[dead.DeadLetter] = []
    while len(letters) < len(bodies):
        letters = await dead.browse(bus.broker, queue=queue, limit=1000)


async def test_letters_stay_when_looked_at_and_keep_their_order(bus: Bus) -> None:
    await die(bus, b"1", b"2", b"3")
    looks = [await dead.browse(bus.broker) for _ in range(30)]
    assert all(look == looks[0] for look in looks)
    assert [letter.body for letter in looks[0]] == ["1", "2", "3"]
    assert {letter.reason for letter in looks[0]} == {"rejected"}
    assert len({letter.id for letter in looks[0]}) == 3


async def test_list_is_bounded_and_can_be_of_one_queue(bus: Bus) -> None:
    await die(bus, b"1", b"2", b"3")
    await die(bus, b"4", queue="enhancer.control")
    assert len(await dead.browse(bus.broker, limit=2)) == 2
    assert [letter.body for letter in await dead.browse(bus.broker, queue="enhancer.control")] == ["4"]
    with pytest.raises(NotFound):
        await dead.browse(bus.broker, queue="no-such-queue")


async def test_preview_is_bounded_and_the_letter_is_json(bus: Bus) -> None:
    await die(bus, b"\xff" * 5_000, number=1, nested={"list": [1]})
    letter = (await dead.browse(bus.broker))[0]
    assert (len(letter.body), letter.size) == (dead.PREVIEW, 5_000)
    assert letter.headers["number"] == 1
    assert dead.DeadLetter.model_validate_json(letter.model_dump_json()) == letter


async def test_one_letter_can_be_found(bus: Bus) -> None:
    await die(bus, b"1", b"2")
    letters = await dead.browse(bus.broker)
    assert await dead.find(bus.broker, letters[1].id) == letters[1]
    with pytest.raises(NotFound):
        await dead.find(bus.broker, "0" * 16)


async def test_replayed_letter_is_handled_and_gone(make_bus: Callable[[], Bus], make_reader: Any, bus: Bus) -> None:
    await die(bus, b"1", b"2", mine="kept")
    letters = await dead.browse(bus.broker)
    worker, handled = make_bus(), make_reader()

    @worker.broker.subscriber(
        topology.work_queue("enhancer", Priority.INTERACTIVE),
        topology.COMMANDS,
        channel=topology.consumer(1),
        ack_policy=AckPolicy.MANUAL,
    )
    async def on_message(message: RabbitMessage) -> None:
        await handled(message.raw_message)
        await message.ack()

    await worker.start()
    await dead.replay(bus.broker, letters[1].id)
    assert [message.body for message in await handled.wait(1)] == [b"2"]
    # The publisher adds the trace it runs in, if this process has a tracer.
    assert {**handled.messages[0].headers, "traceparent": ""} == {"mine": "kept", "traceparent": ""}
    assert await dead.browse(bus.broker) == [letters[0]]


async def test_letter_replayed_in_vain_dies_again_and_says_how_often(bus: Bus) -> None:
    await die(bus, b"1")
    first = (await dead.browse(bus.broker))[0]
    await dead.replay(bus.broker, first.id)
    connection = await bus.broker.connect()
    async with connection.channel() as channel:
        queue = await channel.declare_queue(QUEUE, passive=True, robust=False)
        await (await queue.get()).reject(requeue=False)
    with pytest.raises(NotFound):
        await dead.find(bus.broker, "0" * 16)
    assert [letter.body for letter in await dead.browse(bus.broker)] == ["1"]
