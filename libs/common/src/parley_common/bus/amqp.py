"""The one module that touches aio-pika: its errors, and the in-process broker dressed as one of its connections.

FastStream asks a connection for channels, queues and exchanges; here they answer from `parley_common.bus.memory`.
What a handler gets is aio-pika's own `IncomingMessage`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import uuid4

from aio_pika import IncomingMessage, Message
from aio_pika import exceptions as errors
from aio_pika.abc import DeliveryMode
from aiormq.abc import DeliveredMessage
from faststream.rabbit import RabbitBroker
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from parley_common.bus.memory import messages, server, session, shared
from parley_common.bus.memory.queue import Definition

if TYPE_CHECKING:
    from aio_pika import RobustConnection
    from aiormq.abc import AbstractChannel

BROKER_ERRORS = errors.CONNECTION_EXCEPTIONS
REPLIES = "amq.rabbitmq.reply-to"
PROPERTIES = (
    "content_type",
    "content_encoding",
    "priority",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "timestamp",
    "message_type",
    "user_id",
    "app_id",
)
Callback = Callable[[IncomingMessage], Awaitable[Any]]


class MemoryBroker(RabbitBroker):
    """FastStream's RabbitMQ broker without RabbitMQ; durable queues are kept in `folder`."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(specification_url="memory://embedded", **options)
        self._folder = folder

    async def _connect(self) -> RobustConnection:
        connection = cast("RobustConnection", MemoryConnection(self._folder))
        if self._channel is None:
            self.config.connect(connection)
            self._channel = await self.config.channel_manager.get_channel()
        return connection


class MemoryConnection:
    """The part of `aio_pika.abc.AbstractRobustConnection` that is used."""

    basic_nack = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session = shared.connect(folder)
        self._channels: list[MemoryChannel] = []
        self.connected = asyncio.Event()
        self.connected.set()
        self.reconnect_callbacks: set[Callable[..., Any]] = set()

    @property
    def is_closed(self) -> bool:
        return not self.connected.is_set()

    def channel(
        self, channel_number: int | None = None, publisher_confirms: bool = True, on_return_raises: bool = False
    ) -> MemoryChannel:
        channel = MemoryChannel(self, self._session, on_return_raises=on_return_raises)
        self._channels.append(channel)
        return channel

    async def close(self, exc: object = None) -> None:
        if self.is_closed:
            return
        self.connected.clear()
        for channel in self._channels:
            channel.cancel_handlers()
        await shared.disconnect(self._session, self._folder)


class MemoryChannel:
    """The part of `aio_pika.abc.AbstractRobustChannel` that is used, and what its messages need to be acknowledged."""

    def __init__(self, connection: MemoryConnection, owner: session.Connection, *, on_return_raises: bool) -> None:
        self.connection = connection
        self.owner = owner
        self.on_return_raises = on_return_raises
        self.session = owner.channel()
        self.default_exchange = MemoryExchange(self, "")
        self._handlers: set[asyncio.Future[Any]] = set()

    def __await__(self) -> Generator[Any, None, Self]:
        yield from ()
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def is_closed(self) -> bool:
        return self.session.closed

    @property
    def server(self) -> server.Server:
        if self.is_closed:
            raise errors.ChannelInvalidStateError("the channel is closed")
        return self.owner.server

    async def close(self, exc: object = None) -> None:
        if not self.is_closed:
            self.cancel_handlers()
            self.session.close()

    async def set_qos(self, prefetch_count: int = 0, **_: Any) -> None:
        self.session.prefetch = prefetch_count

    async def declare_exchange(
        self, name: str, type: str = "direct", *, durable: bool = False, passive: bool = False, **_: Any
    ) -> MemoryExchange:
        with refusals():
            if passive:
                self.server.exchange(name)
            else:
                self.server.declare_exchange(name, type, durable=durable)
        return MemoryExchange(self, name)

    async def declare_queue(
        self,
        name: str,
        *,
        durable: bool = False,
        exclusive: bool = False,
        passive: bool = False,
        auto_delete: bool = False,
        arguments: dict[str, Any] | None = None,
        **_: Any,
    ) -> MemoryQueue:
        await _turn()
        with refusals():
            if passive and name != REPLIES:
                self.server.queue(name, owner=self.owner)
            elif not passive:
                kept = server.arguments_of(arguments)
                self.server.declare_queue(Definition(name, durable, exclusive, auto_delete, kept), owner=self.owner)
        return MemoryQueue(self, name)

    async def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        with refusals():
            self.session.ack(delivery_tag, multiple=multiple)

    async def basic_nack(self, delivery_tag: int, multiple: bool = False, requeue: bool = True) -> None:
        with refusals():
            self.session.reject(delivery_tag, requeue=requeue, multiple=multiple)

    async def basic_reject(self, delivery_tag: int, *, requeue: bool = False) -> None:
        await self.basic_nack(delivery_tag, requeue=requeue)

    def start_handler(self, callback: Callback, message: IncomingMessage) -> None:
        handler = asyncio.ensure_future(callback(message))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    def cancel_handlers(self) -> None:
        """As in aio-pika, a handler does not outlive its channel: it could no longer acknowledge."""
        for handler in self._handlers - {asyncio.current_task()}:
            handler.cancel()


class MemoryExchange:
    """The part of `aio_pika.abc.AbstractRobustExchange` that is used."""

    def __init__(self, channel: MemoryChannel, name: str) -> None:
        self.channel = channel
        self.name = name

    async def publish(
        self,
        message: Message,
        routing_key: str,
        *,
        mandatory: bool = True,
        **_: Any,
    ) -> Basic.Ack:
        outgoing = _outgoing(message, self.name, routing_key)
        with refusals():
            routed = await self.channel.server.publish(outgoing)
        if mandatory and not routed and self.channel.on_return_raises:
            returned = Basic.Return(312, "NO_ROUTE", self.name, routing_key)
            raise errors.PublishError(_delivered(returned, outgoing, self.channel), returned)
        return Basic.Ack()


class MemoryQueue:
    """The part of `aio_pika.abc.AbstractRobustQueue` that is used."""

    def __init__(self, channel: MemoryChannel, name: str) -> None:
        self.channel = channel
        self.name = name

    async def bind(self, exchange: MemoryExchange | str, routing_key: str | None = None, **_: Any) -> None:
        name = exchange if isinstance(exchange, str) else exchange.name
        with refusals():
            queue = self.channel.server.queue(self.name, owner=self.channel.owner)
            self.channel.server.bind(queue, name, self.name if routing_key is None else routing_key)

    async def consume(self, callback: Callback, no_ack: bool = False, consumer_tag: str | None = None, **_: Any) -> str:
        tag = consumer_tag or f"ctag-{uuid4().hex}"

        def on_delivery(delivery: session.Delivery) -> None:
            deliver = Basic.Deliver(tag, delivery.tag, delivery.redelivered)
            self.channel.start_handler(callback, _incoming(deliver, delivery, self.channel, no_ack=no_ack))

        with refusals():
            queue = self.channel.server.queue(self.name, owner=self.channel.owner)
            self.channel.session.consume(queue, tag, on_delivery, no_ack=no_ack)
        return tag

    async def cancel(self, consumer_tag: str, **_: Any) -> None:
        self.channel.session.cancel(consumer_tag)

    async def get(self, *, no_ack: bool = False, fail: bool = True, **_: Any) -> IncomingMessage | None:
        await _turn()
        with refusals():
            queue = self.channel.server.queue(self.name, owner=self.channel.owner)
            delivery = self.channel.session.get(queue, no_ack=no_ack)
        if delivery:
            got = Basic.GetOk(delivery.tag, delivery.redelivered, message_count=len(queue.ready))
            return _incoming(got, delivery, self.channel, no_ack=no_ack)
        if fail:
            raise errors.QueueEmpty
        return None


async def _turn() -> None:
    """Let others run: what is a round trip to a server elsewhere must not be a way to starve the event loop here."""
    await asyncio.sleep(0)


@contextmanager
def refusals() -> Iterator[None]:
    """Raise what aio-pika would raise."""
    try:
        yield
    except server.NotDeclared as refusal:
        raise errors.ChannelNotFoundEntity(str(refusal)) from refusal
    except server.Mismatch as refusal:
        raise errors.ChannelPreconditionFailed(str(refusal)) from refusal
    except server.BrokerRefusal as refusal:
        raise errors.ChannelClosed(405, str(refusal)) from refusal


def _outgoing(message: Message, exchange: str, key: str) -> messages.Message:
    properties = message.properties
    named = ((name, getattr(properties, name)) for name in PROPERTIES)
    return messages.Message(
        exchange=exchange,
        key=key,
        body=message.body,
        headers=dict(message.headers),
        properties={name: value for name, value in named if value is not None},
        persistent=message.delivery_mode is DeliveryMode.PERSISTENT,
    )


def _incoming(
    frame: Basic.Deliver | Basic.GetOk, delivery: session.Delivery, channel: MemoryChannel, *, no_ack: bool
) -> IncomingMessage:
    message = delivery.entry.message
    frame.exchange, frame.routing_key = message.exchange, message.key
    return IncomingMessage(_delivered(frame, message, channel, failures=delivery.entry.failures), no_ack=no_ack)


def _delivered(
    frame: Basic.Deliver | Basic.GetOk | Basic.Return,
    message: messages.Message,
    channel: MemoryChannel,
    *,
    failures: int = 0,
) -> DeliveredMessage:
    count = {"x-delivery-count": failures} if failures else {}
    properties = Basic.Properties(
        headers=message.headers | count, delivery_mode=2 if message.persistent else 1, **message.properties
    )
    header = ContentHeader(properties=properties, body_size=len(message.body))
    return DeliveredMessage(frame, header, message.body, cast("AbstractChannel", channel))
