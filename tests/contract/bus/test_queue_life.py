"""How long queues live, and who may use them."""

from __future__ import annotations

from typing import Any

import pytest

from parley_common.bus.amqp import BROKER_ERRORS


async def test_declaring_twice_is_harmless(client: Any) -> None:
    queue = await client.queue(arguments={"x-queue-type": "quorum"})
    await client.send(queue, b"1")
    again = await client.queue(queue.name, arguments={"x-queue-type": "quorum"})
    assert (await again.get()).body == b"1"


async def test_declaring_with_other_arguments_is_an_error(client: Any) -> None:
    queue = await client.queue(arguments={"x-max-length": 1})
    with pytest.raises(BROKER_ERRORS):
        await client.queue(queue.name, arguments={"x-max-length": 2})


async def test_asking_for_a_queue_that_is_not_there_is_an_error(client: Any) -> None:
    with pytest.raises(BROKER_ERRORS):
        await client.queue("no-such-queue", passive=True)


async def test_exclusive_queue_goes_with_its_connection(connect: Any) -> None:
    staying, leaving = await connect(), await connect()
    exchange, queue = await staying.topic(), await leaving.queue(exclusive=True, auto_delete=True)
    await queue.bind(exchange, "#")
    await leaving.close()
    with pytest.raises(BROKER_ERRORS):
        await staying.queue(queue.name, passive=True)
    with pytest.raises(BROKER_ERRORS):
        await staying.broker.publish(b"", queue=queue.name)


async def test_exclusive_queue_is_nobody_elses(connect: Any) -> None:
    owner, other = await connect(), await connect()
    queue = await owner.queue(exclusive=True)
    with pytest.raises(BROKER_ERRORS):
        await other.queue(queue.name, passive=True)


async def test_auto_delete_queue_goes_with_its_last_consumer(client: Any, make_reader: Any) -> None:
    queue = await client.queue(exclusive=True, auto_delete=True)
    one, two = await queue.consume(make_reader()), await queue.consume(make_reader())
    await queue.cancel(one)
    await client.queue(queue.name, passive=True)
    await queue.cancel(two)
    with pytest.raises(BROKER_ERRORS):
        await client.queue(queue.name, passive=True, robust=False)


async def test_full_queue_drops_its_oldest_messages(client: Any) -> None:
    queue = await client.queue(exclusive=True, arguments={"x-max-length": 2})
    await client.send(queue, b"1", b"2", b"3", b"4")
    assert [(await queue.get()).body for _ in range(2)] == [b"3", b"4"]
    assert await queue.get(fail=False) is None
