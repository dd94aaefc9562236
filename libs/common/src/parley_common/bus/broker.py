"""Where a service gets its broker, real or in process by the scheme of `AMQP_URL`, and the `Bus` that publishes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from faststream.exceptions import IncorrectState
from faststream.middlewares import AckPolicy
from faststream.rabbit import Channel, RabbitBroker

from parley_common.bus.amqp import BROKER_ERRORS, MemoryBroker
from parley_common.bus.catalog import SERVICES
from parley_common.bus.failures import Failures
from parley_common.bus.message import Outgoing
from parley_common.bus.topology import EXCHANGES, declare
from parley_common.bus.tracing import Tracing
from parley_common.errors import RetryableError
from parley_common.settings import Settings

log = logging.getLogger(__name__)

GRACE = 15.0
RECONNECT_INTERVAL = 1.0


class BusError(RetryableError):
    """The broker did not take the message; nobody knows whether it will arrive, so send it again."""

    code = "bus_unavailable"


class Bus:
    """Publishes with confirms, and starts and stops the subscribers of one process.

    `start` waits for the broker as long as it takes; run it in a task where the service must serve without it.
    """

    def __init__(self, broker: RabbitBroker, *, timeout: float = 5.0, services: tuple[str, ...] = SERVICES) -> None:
        self.broker = broker
        self._timeout = timeout
        self._services = services
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self._restoring: asyncio.Task[None] | None = None

    def on_reconnected(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call `listener` each time the connection is back, with all queues and consumers restored."""
        self._listeners.append(listener)

    async def start(self) -> None:
        connection = await self.broker.connect()
        await declare(self.broker, services=self._services)
        for exchange in EXCHANGES.values():
            await self.broker.declare_exchange(exchange)
        connection.reconnect_callbacks.add(self._reconnected)
        await self.broker.start()

    async def stop(self) -> None:
        """Let running handlers finish, then close; a broker that no longer answers is left alone."""
        if self._restoring:
            self._restoring.cancel()
        try:
            async with asyncio.timeout(GRACE + self._timeout):
                await self.broker.stop()
        except (*BROKER_ERRORS, ExceptionGroup) as error:
            log.warning("the broker did not take leave: %r", error)

    async def publish(self, message: Outgoing, *, persist: bool = True) -> None:
        """Return once the broker has stored the message in every queue it belongs to; `BusError` otherwise.

        With `persist=False` the message may be lost, also for want of a reader; for events that have no `seq`.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self.broker.publish(
                    message.body,
                    exchange=EXCHANGES[message.exchange],
                    routing_key=message.key,
                    mandatory=persist,
                    persist=persist,
                    headers=dict(message.headers),
                    message_id=str(message.id),
                    content_type="application/json",
                )
        except (*BROKER_ERRORS, IncorrectState) as error:
            raise BusError(f"{message.key} was not accepted by the broker: {error!r}") from error

    def _reconnected(self, *_: Any) -> None:
        # In a task of its own: aio-pika would not notice another loss of the connection while it waits for this.
        if self._restoring:
            self._restoring.cancel()
        self._restoring = asyncio.create_task(self._restore())

    async def _restore(self) -> None:
        """A broker that came back empty gets everything again; a further loss means this runs again."""
        try:
            await declare(self.broker, services=self._services)
        except BROKER_ERRORS as error:
            log.warning("the topology could not be restored: %r", error)
            return
        for listener in self._listeners:
            await listener()


def make_broker(settings: Settings, *, service: str, validating: bool = True) -> RabbitBroker:
    """A broker for one service of one process, not connected yet.

    Without `validating`, handlers get what their decoders return, and nothing is injected: for those that need no more.
    """
    url = settings.amqp_url.get_secret_value()
    options: dict[str, Any] = {
        "app_id": f"parley-{service}",
        "middlewares": (Tracing, Failures),
        "default_channel": Channel(on_return_raises=True),
        "ack_policy": AckPolicy.REJECT_ON_ERROR,
        "graceful_timeout": GRACE,
        "logger": logging.getLogger(f"parley.{service}.bus"),
        "log_level": logging.DEBUG,
        "apply_types": validating,
    }
    if url.startswith("memory:"):
        return MemoryBroker(settings.data, **options)
    return RabbitBroker(
        url,
        fail_fast=False,
        reconnect_interval=RECONNECT_INTERVAL,
        client_properties=cast(Any, {"name": f"parley-{service}"}),
        **options,
    )
