"""What moves through the in-process broker, and how a dead letter says where it died."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One published message; `properties` are AMQP's basic properties by name, without headers and delivery mode."""

    exchange: str
    key: str
    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    persistent: bool = False


@dataclass(slots=True)
class Entry:
    """A message in one queue. `id` rises with time and is its place in line; `failures` counts returns to the queue."""

    id: int
    message: Message
    failures: int = 0


def encode(message: Message) -> str:
    """All but the body, as JSON."""
    return json.dumps([message.exchange, message.key, message.headers, message.properties], default=_encode_time)


def decode(text: str, body: bytes) -> Message:
    exchange, key, headers, properties = json.loads(text, object_hook=_decode_time)
    return Message(exchange, key, body, headers, properties, persistent=True)


def dead(message: Message, *, queue: str, reason: str, exchange: str, key: str | None) -> Message:
    """The message as it leaves `queue` for the dead-letter exchange, its `x-death` history brought up to date.

    https://www.rabbitmq.com/docs/dlx#effects
    """
    history: list[dict[str, Any]] = list(message.headers.get("x-death", ()))
    past = next((death for death in history if (death["queue"], death["reason"]) == (queue, reason)), None)
    latest = {
        "count": past["count"] + 1 if past else 1,
        "reason": reason,
        "queue": queue,
        "time": datetime.now(UTC).replace(microsecond=0),
        "exchange": message.exchange,
        "routing-keys": [message.key],
    }
    first = {
        "x-first-death-exchange": message.exchange,
        "x-first-death-queue": queue,
        "x-first-death-reason": reason,
    }
    headers = first | message.headers | {"x-death": [latest, *(death for death in history if death is not past)]}
    return replace(message, exchange=exchange, key=key or message.key, headers=headers)


def _encode_time(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"@time": value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be kept in a message header")


def _decode_time(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value["@time"]) if value.keys() == {"@time"} else value
