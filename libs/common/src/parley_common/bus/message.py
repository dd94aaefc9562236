"""What is put on the bus: a contract as JSON bytes, CloudEvents attributes and trace context as headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from opentelemetry import propagate
from uuid_utils.compat import uuid7

from parley_common.contracts.commands import JobCommand
from parley_common.contracts.events import Event
from parley_common.contracts.jobs import Priority

COMMANDS = "parley.commands"
EVENTS = "parley.events"
DEAD = "parley.dead"
EPHEMERAL = "ephemeral"
CLOUD_EVENTS = "cloudEvents:"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to be published or kept in the outbox until `available_at`.

    `headers` are the CloudEvents 1.0 attributes in their AMQP binding (`cloudEvents:type` …, with `owner` as an
    extension) and W3C `traceparent`.
    """

    exchange: str
    key: str
    body: bytes
    headers: dict[str, str]
    id: UUID = field(default_factory=uuid7)
    available_at: datetime | None = None


def command(service: str, name: str, body: JobCommand, *, priority: Priority = Priority.INTERACTIVE) -> Outgoing:
    """A command for one service: key `<service>.<name>.v1`, and `.batch` behind it when it may wait."""
    key = f"{service}.{name}.v1"
    routing = f"{key}.batch" if priority is Priority.BATCH else key
    return _outgoing(COMMANDS, routing, key, body, owner=body.owner, job=body.job)


def event(service: str, body: Event, *, owner: str) -> Outgoing:
    """An event of one job: key `<service>.<type>.v1`; the body is the frame clients see, byte for byte.

    An ephemeral event (no `seq`) is routed as `<service>.<type>.v1.ephemeral`, so that only live queues get it.
    """
    key = f"{service}.{body.type}.v1"
    routing = key if body.seq is not None else f"{key}.{EPHEMERAL}"
    return _outgoing(EVENTS, routing, key, body, owner=owner, job=body.job)


def _outgoing(exchange: str, routing: str, kind: str, body: JobCommand | Event, *, owner: str, job: UUID) -> Outgoing:
    identity = uuid7()
    headers = {
        f"{CLOUD_EVENTS}specversion": "1.0",
        f"{CLOUD_EVENTS}id": str(identity),
        f"{CLOUD_EVENTS}source": f"/parley/{kind.split('.', 1)[0]}",
        f"{CLOUD_EVENTS}type": kind,
        f"{CLOUD_EVENTS}subject": str(job),
        f"{CLOUD_EVENTS}time": datetime.now(UTC).isoformat(),
        f"{CLOUD_EVENTS}owner": owner,
    }
    propagate.inject(headers)
    return Outgoing(exchange, routing, body.model_dump_json().encode(), headers, id=identity)
