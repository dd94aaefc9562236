"""Start commands as the gateway sends them, published without it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractExchange

from parley_common.bus.message import Outgoing, command
from parley_common.contracts.commands import StartEnhancement
from parley_common.contracts.enhance import Enhance


def start(task: str, prompt: str = "-") -> Outgoing:
    """Starts a new job of nobody's."""
    work = Enhance(task=task, lazy_prompt=prompt)
    return command(
        "enhancer", "start", StartEnhancement(job=uuid4(), owner="bench", created_at=datetime.now(UTC), input=work)
    )


async def publish(exchange: AbstractExchange, message: Outgoing, *, persist: bool = True) -> None:
    """Returns once the broker has confirmed it, if the channel has confirms on."""
    mode = aio_pika.DeliveryMode.PERSISTENT if persist else aio_pika.DeliveryMode.NOT_PERSISTENT
    body = aio_pika.Message(
        message.body,
        headers=dict(message.headers),
        message_id=str(message.id),
        content_type="application/json",
        delivery_mode=mode,
    )
    await exchange.publish(body, message.key, mandatory=persist)
