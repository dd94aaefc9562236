"""Looks at dead letters without disturbing them, and sends one back to the queue it came from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from faststream.rabbit import RabbitBroker
from pydantic import AwareDatetime, JsonValue
from pydantic_core import to_jsonable_python

from parley_common.bus import failures
from parley_common.bus.amqp import BROKER_ERRORS
from parley_common.bus.broker import BusError
from parley_common.bus.catalog import SERVICES
from parley_common.bus.topology import dead_queue, shared_queues
from parley_common.contracts.jobs import JsonObject
from parley_common.contracts.model import Contract
from parley_common.errors import NotFound

PREVIEW = 2_000
SCAN_LIMIT = 10_000
TIMEOUT = 30.0
# While somebody else is looking at a letter nobody can take it; looking takes moments.
ATTEMPTS = 5
PAUSE = 0.2
DEATH_RECORDS = ("x-death", "x-first-death-", "x-last-death-")
# Looking at a letter counts as a delivery; the letter itself does not change by it.
DELIVERY_COUNTS = ("x-delivery-count", "x-acquired-count")
DEATH_HEADERS = (failures.ERROR, failures.ERROR_TYPE, failures.QUEUE, failures.TIME, failures.RETRIES)


class DeadLetter(Contract):
    """A message its queue could not use. `body` is the beginning of it, `size` the length of the whole, in bytes."""

    id: str
    queue: str
    reason: str
    key: str
    time: AwareDatetime | None
    deaths: int
    headers: JsonObject
    body: str
    size: int


async def browse(
    broker: RabbitBroker, *, queue: str | None = None, limit: int = 50, services: tuple[str, ...] = SERVICES
) -> list[DeadLetter]:
    """The oldest dead letters of one queue, or of each, `limit` in all; they stay where they are."""
    found: list[DeadLetter] = []
    async with _looking(broker) as channel:
        for name in _queues(queue, services):
            async for message in _held(channel, name, limit - len(found)):
                found.append(_letter(message, name))
    return found


async def find(broker: RabbitBroker, letter_id: str, *, services: tuple[str, ...] = SERVICES) -> DeadLetter:
    """One dead letter by its id; `NotFound` if there is none."""
    async with _taken(broker, letter_id, services) as (letter, _):
        return letter


async def replay(broker: RabbitBroker, letter_id: str, *, services: tuple[str, ...] = SERVICES) -> DeadLetter:
    """Put a dead letter back into the queue it came from, and only there; it goes once the queue has it for sure."""
    async with _taken(broker, letter_id, services) as (letter, message):
        await broker.publish(
            message.body,
            queue=letter.queue,
            persist=True,
            headers=_headers_before_death(message.headers),
            content_type=message.content_type,
            message_id=message.message_id,
            correlation_id=message.correlation_id,
        )
        await message.ack()
    return letter


@asynccontextmanager
async def _looking(broker: RabbitBroker) -> AsyncIterator[Any]:
    """A channel to read with; all that was not acknowledged is back in its place when it closes."""
    try:
        async with asyncio.timeout(TIMEOUT):
            connection = await broker.connect()
            async with connection.channel() as channel:
                yield channel
    except BROKER_ERRORS as error:
        raise BusError(f"dead letters cannot be reached: {error!r}") from error


@asynccontextmanager
async def _taken(
    broker: RabbitBroker, letter_id: str, services: tuple[str, ...]
) -> AsyncIterator[tuple[DeadLetter, Any]]:
    for attempt in range(ATTEMPTS):
        async with _looking(broker) as channel:
            if taken := await _search(channel, lambda letter: letter.id == letter_id, services):
                yield taken
                return
        if attempt < ATTEMPTS - 1:
            await asyncio.sleep(PAUSE)
    raise NotFound(f"no dead letter {letter_id}")


async def _search(
    channel: Any, wanted: Callable[[DeadLetter], bool], services: tuple[str, ...]
) -> tuple[DeadLetter, Any] | None:
    for name in _queues(None, services):
        async for message in _held(channel, name, SCAN_LIMIT):
            if wanted(letter := _letter(message, name)):
                return letter, message
    return None


def _queues(queue: str | None, services: tuple[str, ...]) -> list[str]:
    names = list(shared_queues(services))
    if queue is None:
        return names
    if queue not in names:
        raise NotFound(f"no queue {queue}")
    return [queue]


async def _held(channel: Any, queue: str, limit: int) -> AsyncIterator[Any]:
    dead = await channel.declare_queue(dead_queue(queue).name, passive=True, robust=False)
    for _ in range(limit):
        message = await dead.get(fail=False, no_ack=False)
        if message is None:
            return
        yield message


def _letter(message: Any, queue: str) -> DeadLetter:
    headers = {name: value for name, value in message.headers.items() if name not in DELIVERY_COUNTS}
    death: dict[str, Any] = next(iter(headers.get("x-death", ())), {})
    time = _time(headers.get(failures.TIME) or death.get("time"))
    identity = sha256(repr((queue, message.message_id, str(time))).encode() + message.body).hexdigest()
    return DeadLetter(
        id=identity[:16],
        queue=queue,
        reason=str(headers.get(failures.ERROR) or death.get("reason", "unknown")),
        key=str(headers.get(failures.KEY) or next(iter(death.get("routing-keys", ())), "")),
        time=time,
        deaths=failures.number(headers.get(failures.DEATHS)) or death.get("count", 1),
        headers=cast(dict[str, JsonValue], to_jsonable_python(headers, fallback=str, bytes_mode="base64")),
        body=message.body[:PREVIEW].decode(errors="replace"),
        size=len(message.body),
    )


def _time(value: object) -> datetime | None:
    """A time as the broker or `Failures` wrote it; a foreign publisher may have written anything."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return time if isinstance(time, datetime) and time.tzinfo else None


def _headers_before_death(headers: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in headers.items()
        if name not in DEATH_HEADERS and not name.startswith(DEATH_RECORDS + DELIVERY_COUNTS)
    }
