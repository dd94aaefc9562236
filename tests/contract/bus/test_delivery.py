"""Who gets a message, how many at once, and what happens when it comes back."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(
    params=[{"x-queue-type": "classic"}, {"x-queue-type": "quorum", "x-delivery-limit": 5}], ids=["classic", "quorum"]
)
def arguments(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


async def test_messages_arrive_in_the_order_they_were_sent(client: Any, make_reader: Any, arguments: Any) -> None:
    queue, reader = await client.queue(arguments=arguments), make_reader()
    bodies = [str(number).encode() for number in range(50)]
    await client.send(queue, *bodies)
    await queue.consume(reader)
    await reader.wait(50)
    assert reader.bodies == bodies


async def test_consumers_compete_and_each_message_goes_to_one(client: Any, make_reader: Any, arguments: Any) -> None:
    queue = await client.queue(arguments=arguments)
    readers = [make_reader() for _ in range(3)]
    for reader in readers:
        channel = await client.connection.channel()
        await channel.set_qos(prefetch_count=10)
        await (await client.queue(queue.name, channel=channel, arguments=arguments)).consume(reader)
    await client.send(queue, *(str(number).encode() for number in range(30)))
    for reader in readers:
        await reader.wait(10)
    assert sorted(body for reader in readers for body in reader.bodies) == sorted(str(n).encode() for n in range(30))


async def test_prefetch_bounds_what_a_consumer_holds(client: Any, make_reader: Any, arguments: Any) -> None:
    channel = await client.connection.channel()
    await channel.set_qos(prefetch_count=2)
    queue, reader = await client.queue(channel=channel, arguments=arguments), make_reader()
    await client.send(queue, b"1", b"2", b"3", b"4", b"5")
    await queue.consume(reader)
    await reader.wait(2)
    # A round trip on the same channel: a third delivery would have arrived before its answer.
    await client.queue(channel=channel)
    assert reader.bodies == [b"1", b"2"]
    await reader.messages[0].ack()
    await reader.wait(3)
    assert reader.bodies == [b"1", b"2", b"3"]


async def test_prefetch_counts_for_each_consumer_of_a_channel(client: Any, make_reader: Any, arguments: Any) -> None:
    channel = await client.connection.channel()
    await channel.set_qos(prefetch_count=1)
    queue = await client.queue(channel=channel, arguments=arguments)
    one, two = make_reader(), make_reader()
    await queue.consume(one)
    await queue.consume(two)
    await client.send(queue, b"1", b"2")
    await one.wait(1)
    await two.wait(1)
    assert sorted(one.bodies + two.bodies) == [b"1", b"2"]


async def test_acknowledged_messages_are_gone(client: Any, arguments: Any) -> None:
    channel = await client.connection.channel()
    queue = await client.queue(channel=channel, arguments=arguments)
    await client.send(queue, b"1", b"2", b"3")
    got = [await queue.get() for _ in range(3)]
    await got[1].ack(multiple=True)
    await channel.close()
    left = await (await client.queue(queue.name, arguments=arguments)).get()
    assert (left.body, left.redelivered) == (b"3", True)


async def test_message_put_back_comes_again_before_later_ones(client: Any, make_reader: Any, arguments: Any) -> None:
    channel = await client.connection.channel()
    await channel.set_qos(prefetch_count=1)
    queue, reader = await client.queue(channel=channel, arguments=arguments), make_reader()
    await client.send(queue, b"1", b"2")
    await queue.consume(reader)
    first = (await reader.wait(1))[0]
    await first.nack(requeue=True)
    again = (await reader.wait(2))[1]
    assert (again.body, again.redelivered) == (b"1", True)
    await again.ack()
    assert (await reader.wait(3))[2].body == b"2"


async def test_several_messages_put_back_keep_their_order(client: Any, arguments: Any) -> None:
    queue = await client.queue(arguments=arguments)
    await client.send(queue, b"1", b"2", b"3", b"4")
    got = [await queue.get() for _ in range(3)]
    await got[2].nack(requeue=True, multiple=True)
    assert [(await queue.get()).body for _ in range(4)] == [b"1", b"2", b"3", b"4"]


async def test_rejected_message_without_a_dead_letter_exchange_is_gone(client: Any, arguments: Any) -> None:
    queue = await client.queue(arguments=arguments)
    await client.send(queue, b"1", b"2")
    await (await queue.get()).reject(requeue=False)
    assert (await queue.get()).body == b"2"


async def test_unacknowledged_messages_come_again_when_the_channel_closes(
    client: Any, make_reader: Any, arguments: Any
) -> None:
    channel, reader = await client.connection.channel(), make_reader()
    queue = await client.queue(channel=channel, arguments=arguments)
    await client.send(queue, b"1", b"2", b"3")
    await queue.consume(reader)
    await (await reader.wait(3))[1].ack()
    await channel.close()
    again = make_reader()
    await (await client.queue(queue.name, arguments=arguments)).consume(again)
    await again.wait(2)
    assert [(message.body, message.redelivered) for message in again.messages] == [(b"1", True), (b"3", True)]


async def test_unacknowledged_messages_go_to_others_when_a_connection_closes(
    connect: Any, make_reader: Any, arguments: Any
) -> None:
    staying, leaving = await connect(), await connect()
    queue = await staying.queue(arguments=arguments)
    held, taken_over = make_reader(), make_reader()
    await (await leaving.queue(queue.name, arguments=arguments)).consume(held)
    await staying.send(queue, b"1", b"2")
    await held.wait(2)
    await queue.consume(taken_over)
    await leaving.close()
    await taken_over.wait(2)
    assert sorted(taken_over.bodies) == [b"1", b"2"]


async def test_cancelled_consumer_keeps_what_it_has_and_gets_nothing_more(
    client: Any, make_reader: Any, arguments: Any
) -> None:
    queue, reader = await client.queue(arguments=arguments), make_reader()
    tag = await queue.consume(reader)
    await client.send(queue, b"1")
    held = (await reader.wait(1))[0]
    await queue.cancel(tag)
    await client.send(queue, b"2")
    await held.ack()
    assert (await queue.get()).body == b"2"
    assert reader.bodies == [b"1"]


async def test_message_taken_without_acknowledgement_is_gone_at_once(client: Any, arguments: Any) -> None:
    queue = await client.queue(arguments=arguments)
    await client.send(queue, b"1")
    assert (await queue.get(no_ack=True)).body == b"1"
    assert await queue.get(fail=False) is None
