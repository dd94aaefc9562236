"""Where a message goes."""

from __future__ import annotations

from typing import Any

import pytest
from faststream.rabbit import ExchangeType, RabbitExchange

from parley_common.bus.amqp import BROKER_ERRORS


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("enhancer.start.v1", "enhancer.start.v1", True),
        ("enhancer.start.v1", "enhancer.start.v1.batch", False),
        ("*.*.*.v1", "enhancer.job.started.v1", True),
        ("*.*.*.v1", "enhancer.job.step.v1.ephemeral", False),
        ("*.*.*.v1", "enhancer.start.v1", False),
        ("#", "anything.at.all", True),
        ("#", "", True),
        ("enhancer.#", "enhancer", True),
        ("enhancer.#", "enhancer.job.started", True),
        ("#.v1", "v1", True),
        ("#.v1", "a.b.v1", True),
        ("a.#.b.*", "a.b.c", True),
        ("a.#.b.*", "a.x.y.b.c", True),
        ("a.#.b.*", "a.x.y.c", False),
        ("*", "", False),
    ],
)
async def test_topic_pattern_selects_keys(client: Any, pattern: str, key: str, matches: bool) -> None:
    exchange, queue = await client.topic(), await client.queue()
    await queue.bind(exchange, pattern)
    await exchange_publish(client, exchange.name, key, mandatory=False)
    assert (await queue.get(fail=False) is not None) is matches


async def test_each_bound_queue_gets_one_copy_however_many_bindings_match(client: Any) -> None:
    exchange, one, two = await client.topic(), await client.queue(), await client.queue()
    for queue, pattern in ((one, "a.*"), (one, "a.#"), (one, "#"), (two, "a.b")):
        await queue.bind(exchange, pattern)
    await exchange_publish(client, exchange.name, "a.b")
    assert [await queue.get(fail=False) is not None for queue in (one, two, one, two)] == [True, True, False, False]


async def test_default_exchange_leads_to_the_queue_of_that_name_only(client: Any) -> None:
    wanted, other = await client.queue(), await client.queue()
    await client.send(wanted, b"for you")
    assert (await wanted.get()).body == b"for you"
    assert await other.get(fail=False) is None


async def test_mandatory_message_nobody_gets_is_an_error(client: Any) -> None:
    exchange = await client.topic()
    with pytest.raises(BROKER_ERRORS):
        await exchange_publish(client, exchange.name, "nobody.listens")
    with pytest.raises(BROKER_ERRORS):
        await client.broker.publish(b"", queue="no-such-queue")


async def test_optional_message_nobody_gets_is_none(client: Any) -> None:
    exchange = await client.topic()
    await exchange_publish(client, exchange.name, "nobody.listens", mandatory=False)


async def test_publishing_to_an_exchange_nobody_declared_is_an_error(client: Any) -> None:
    with pytest.raises(BROKER_ERRORS):
        await exchange_publish(client, "no-such-exchange", "key")


async def test_properties_and_headers_arrive_as_they_were_sent(client: Any) -> None:
    queue = await client.queue()
    headers = {"text": "ü", "number": 7, "nested": {"list": [1, "two", True]}}
    await client.send(
        queue, b"\x00\xff", headers=headers, message_id="m1", correlation_id="c1", content_type="application/x"
    )
    message = await queue.get()
    assert (message.body, message.headers) == (b"\x00\xff", headers)
    assert (message.message_id, message.correlation_id) == ("m1", "c1")
    assert (message.content_type, message.app_id) == ("application/x", "parley-test")
    assert (message.exchange, message.routing_key, message.delivery_mode) == ("", queue.name, 2)
    assert message.redelivered is False


async def exchange_publish(client: Any, exchange: str, key: str, **options: Any) -> None:
    target = RabbitExchange(exchange, type=ExchangeType.TOPIC)
    await client.broker.publish(b"{}", exchange=target, routing_key=key, **options)
