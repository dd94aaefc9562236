"""Every exchange and queue of Parley, under names that tell an operator what waits in them.

| queue | holds |
| --- | --- |
| `<service>.interactive`, `<service>.batch` | jobs to start or wake, for whichever worker has a slot |
| `<service>.control` | answers and cancellations: applied in SQL, no slot needed |
| `<service>.cancel.<instance>` | the same cancellations, for one worker process: it stops its running job at once |
| `gateway.recorder` | journaled events on their way into the event log |
| `gateway.live.<instance>` | all events, for the clients connected to one gateway process |
| `<queue>.dead` | what `<queue>` could not use, with the reason in its headers |

Shared queues are quorum queues and never lose a message; queues of one instance live and die with its connection.
"""

from __future__ import annotations

from typing import Any, cast

from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue

from parley_common.bus import message
from parley_common.bus.catalog import SERVICES, START
from parley_common.contracts.jobs import Priority

COMMANDS = RabbitExchange(message.COMMANDS, type=ExchangeType.TOPIC)
EVENTS = RabbitExchange(message.EVENTS, type=ExchangeType.TOPIC)
DEAD = RabbitExchange(message.DEAD, type=ExchangeType.TOPIC)
EXCHANGES = {exchange.name: exchange for exchange in (COMMANDS, EVENTS, DEAD)}

JOURNALED_KEYS = "*.*.*.v1"
DELIVERY_LIMIT = 20
# Browsing a dead letter is a delivery too, and RabbitMQ 4 would drop it after its default limit of 20.
DEAD_DELIVERY_LIMIT = 1_000_000
LIVE_BACKLOG = 100_000


def consumer(prefetch_count: int) -> Channel:
    """A channel for one subscriber, which gets at most `prefetch_count` messages it has not acknowledged."""
    return Channel(prefetch_count=prefetch_count, on_return_raises=True)


def work_queue(service: str, priority: Priority) -> RabbitQueue:
    """Jobs of one service to start or wake."""
    return _shared(f"{service}.{priority.value}", work_keys(service, priority)[0])


def work_keys(service: str, priority: Priority) -> tuple[str, ...]:
    suffix = ".batch" if priority is Priority.BATCH else ""
    verbs = (*(start.verb for start in START[service]), "resume")
    return tuple(f"{service}.{verb}.v1{suffix}" for verb in verbs)


def control_queue(service: str) -> RabbitQueue:
    """Answers to, and cancellations of, one service's jobs."""
    return _shared(f"{service}.control", control_keys(service)[0])


def control_keys(service: str) -> tuple[str, ...]:
    return f"{service}.answer.v1", f"{service}.cancel.v1"


def cancel_queue(service: str, instance: str) -> RabbitQueue:
    """A copy of every cancellation for one worker process."""
    return _own(f"{service}.cancel.{instance}", f"{service}.cancel.v1")


def recorder_queue() -> RabbitQueue:
    """Every journaled event, once; ephemeral ones have a fifth word in their key and do not match."""
    return _shared("gateway.recorder", JOURNALED_KEYS)


def live_queue(instance: str) -> RabbitQueue:
    """Every event for one gateway process; the oldest go first when it cannot keep up (it reads them from the log)."""
    return _own(f"gateway.live.{instance}", "#", {"x-max-length": LIVE_BACKLOG})


def dead_queue(queue: str) -> RabbitQueue:
    """Where the dead letters of `queue` are kept, until somebody replays or purges them."""
    arguments = {"x-delivery-limit": DEAD_DELIVERY_LIMIT}
    return RabbitQueue(f"{queue}.dead", QueueType.QUORUM, arguments=cast(Any, arguments), routing_key=queue)


def shared_queues(
    services: tuple[str, ...] = SERVICES,
) -> dict[str, tuple[RabbitQueue, RabbitExchange, tuple[str, ...]]]:
    """Name → queue, exchange and binding keys of every queue that outlives the processes."""
    bound: list[tuple[RabbitQueue, RabbitExchange, tuple[str, ...]]] = [(recorder_queue(), EVENTS, (JOURNALED_KEYS,))]
    for service in services:
        bound += [(work_queue(service, level), COMMANDS, work_keys(service, level)) for level in Priority]
        bound.append((control_queue(service), COMMANDS, control_keys(service)))
    return {queue.name: (queue, exchange, keys) for queue, exchange, keys in bound}


async def declare(broker: RabbitBroker, *, services: tuple[str, ...] = SERVICES) -> None:
    """Declare and bind everything that is shared; harmless when it is there already."""
    connection = await broker.connect()
    # A channel of its own: FastStream keeps a declared queue with its channel, and would consume without prefetch.
    async with connection.channel() as channel:
        declared = {
            name: await channel.declare_exchange(name, exchange.type.value, durable=True)
            for name, exchange in EXCHANGES.items()
        }
        for queue, exchange, keys in shared_queues(services).values():
            dead = dead_queue(queue.name)
            for each, source, bindings in ((dead, DEAD, (queue.name,)), (queue, exchange, keys)):
                robust = await channel.declare_queue(each.name, durable=True, arguments=each.arguments)
                for key in bindings:
                    await robust.bind(declared[source.name], key)


def _shared(name: str, key: str) -> RabbitQueue:
    arguments = {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD.name,
        "x-dead-letter-routing-key": name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return RabbitQueue(name, QueueType.QUORUM, arguments=cast(Any, arguments), routing_key=key)


def _own(name: str, key: str, arguments: dict[str, Any] | None = None) -> RabbitQueue:
    return RabbitQueue(
        name, durable=False, exclusive=True, auto_delete=True, arguments=cast(Any, arguments), routing_key=key
    )
