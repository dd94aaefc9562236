"""Messages that leave their queue for the dead-letter exchange, and what they say about it."""

from __future__ import annotations

from typing import Any

import pytest


class DeadLetters:
    """A dead-letter exchange with one queue behind it that is being read."""

    def __init__(self, client: Any, exchange: Any, reader: Any) -> None:
        self.client = client
        self.exchange = exchange
        self.reader = reader

    async def source(self, **arguments: Any) -> Any:
        """A quorum queue whose dead letters come here."""
        dead = {"x-dead-letter-exchange": self.exchange.name, "x-dead-letter-routing-key": "dead-key"}
        return await self.client.queue(arguments={"x-queue-type": "quorum"} | dead | arguments)


@pytest.fixture
async def dead_letters(client: Any, make_reader: Any) -> DeadLetters:
    exchange, queue, reader = await client.topic(), await client.queue(), make_reader()
    await queue.bind(exchange, "dead-key")
    await queue.consume(reader)
    return DeadLetters(client, exchange, reader)


async def test_rejected_message_is_dead_lettered_with_its_reason(client: Any, dead_letters: DeadLetters) -> None:
    queue = await dead_letters.source()
    await client.send(queue, b"no", headers={"kept": "yes"}, message_id="m1")
    await (await queue.get()).reject(requeue=False)
    letter = (await dead_letters.reader.wait(1))[0]
    assert (letter.body, letter.message_id, letter.headers["kept"]) == (b"no", "m1", "yes")
    assert (letter.exchange, letter.routing_key) == (dead_letters.exchange.name, "dead-key")
    death = letter.headers["x-death"][0]
    assert (death["queue"], death["reason"], death["count"]) == (queue.name, "rejected", 1)
    assert (death["exchange"], death["routing-keys"]) == ("", [queue.name])
    assert death["time"].tzinfo
    assert letter.headers["x-first-death-queue"] == queue.name
    assert letter.headers["x-first-death-reason"] == "rejected"


async def test_message_that_keeps_coming_back_is_dead_lettered_at_the_limit(
    client: Any, make_reader: Any, dead_letters: DeadLetters
) -> None:
    queue, reader = await dead_letters.source(**{"x-delivery-limit": 2}), make_reader()
    await client.send(queue, b"again")
    await queue.consume(reader)
    for delivery in range(3):
        message = (await reader.wait(delivery + 1))[delivery]
        assert message.headers.get("x-delivery-count", 0) == delivery
        await message.nack(requeue=True)
    letter = (await dead_letters.reader.wait(1))[0]
    assert letter.headers["x-death"][0]["reason"] == "delivery_limit"
    assert reader.bodies == [b"again"] * 3


async def test_deaths_in_the_same_queue_are_counted(client: Any, dead_letters: DeadLetters) -> None:
    queue = await dead_letters.source()
    await client.send(queue, b"no")
    await (await queue.get()).reject(requeue=False)
    first = (await dead_letters.reader.wait(1))[0]
    await client.send(queue, first.body, headers=first.headers)
    await (await queue.get()).reject(requeue=False)
    second = (await dead_letters.reader.wait(2))[1]
    assert [death["count"] for death in second.headers["x-death"]] == [2]


async def test_dead_letter_keeps_its_own_key_when_none_is_set(client: Any, make_reader: Any) -> None:
    exchange, dead, reader = await client.topic(), await client.queue(), make_reader()
    await dead.bind(exchange, "#")
    await dead.consume(reader)
    queue = await client.queue(arguments={"x-dead-letter-exchange": exchange.name})
    await client.send(queue, b"no")
    await (await queue.get()).reject(requeue=False)
    assert (await reader.wait(1))[0].routing_key == queue.name
