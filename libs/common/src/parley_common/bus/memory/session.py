"""What one client has going on: connections, their channels, and the deliveries they still owe an answer for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from parley_common.bus.memory.messages import Entry
from parley_common.bus.memory.queue import Consumer, Queue
from parley_common.bus.memory.server import Mismatch, Server


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message handed to a client; `tag` is what the client acknowledges it by."""

    tag: int
    entry: Entry
    queue: Queue
    consumer: Consumer | None = None

    @property
    def redelivered(self) -> bool:
        return self.entry.failures > 0


class Channel:
    """Deliveries, acknowledgements and consumers of one channel; `prefetch` counts for each consumer by itself."""

    def __init__(self, server: Server) -> None:
        self.prefetch = 0
        self.closed = False
        self._server = server
        self._tags = count(1)
        self._unacked: dict[int, Delivery] = {}
        self._consumers: dict[str, tuple[Queue, Consumer]] = {}

    def consume(self, queue: Queue, tag: str, on_delivery: Callable[[Delivery], None], *, no_ack: bool) -> None:
        def deliver(consumer: Consumer, entry: Entry) -> None:
            on_delivery(self._hand_out(queue, entry, consumer, no_ack=no_ack))

        consumer = Consumer(tag, deliver, 0 if no_ack else self.prefetch)
        self._consumers[tag] = queue, consumer
        queue.add_consumer(consumer)

    def cancel(self, tag: str) -> None:
        if tag not in self._consumers:
            return
        queue, consumer = self._consumers.pop(tag)
        queue.remove_consumer(consumer)
        if queue.definition.auto_delete and not queue.consumers and queue.name in self._server.queues:
            self._server.delete(queue)

    def get(self, queue: Queue, *, no_ack: bool) -> Delivery | None:
        entry = queue.take()
        return self._hand_out(queue, entry, None, no_ack=no_ack) if entry else None

    def ack(self, tag: int, *, multiple: bool = False) -> None:
        for delivery in self._settle(tag, multiple=multiple):
            self._server.drop(delivery.queue, delivery.entry)
            delivery.queue.pump()

    def reject(self, tag: int, *, requeue: bool, multiple: bool = False) -> None:
        settled = self._settle(tag, multiple=multiple)
        for delivery in settled:
            if requeue:
                self._server.requeue(delivery.queue, delivery.entry)
            else:
                self._server.bury(delivery.queue, delivery.entry, reason="rejected")
        for delivery in settled:
            delivery.queue.pump()

    def stop(self) -> None:
        """Cancel all consumers."""
        for tag in tuple(self._consumers):
            self.cancel(tag)

    def close(self) -> None:
        """Stop all consumers; what was not acknowledged goes back to its queue."""
        self.closed = True
        self.stop()
        if self._unacked:
            self.reject(max(self._unacked), requeue=True, multiple=True)

    def _hand_out(self, queue: Queue, entry: Entry, consumer: Consumer | None, *, no_ack: bool) -> Delivery:
        delivery = Delivery(next(self._tags), entry, queue, consumer)
        if no_ack:
            self._server.drop(queue, entry)
            if consumer:
                consumer.unacked -= 1
        else:
            self._unacked[delivery.tag] = delivery
        return delivery

    def _settle(self, tag: int, *, multiple: bool) -> list[Delivery]:
        tags = [known for known in self._unacked if known == tag or (multiple and known < tag)]
        if not tags:
            raise Mismatch(f"unknown delivery tag {tag}")
        settled = [self._unacked.pop(known) for known in tags]
        for delivery in settled:
            if delivery.consumer:
                delivery.consumer.unacked -= 1
        return settled


class Connection:
    """A client's connection: closing it closes its channels and deletes its exclusive queues."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._channels: list[Channel] = []

    def channel(self) -> Channel:
        channel = Channel(self.server)
        self._channels.append(channel)
        return channel

    def close(self) -> None:
        live = [channel for channel in self._channels if not channel.closed]
        for channel in live:
            channel.stop()
        for channel in live:
            channel.close()
        self._channels.clear()
        self.server.disconnect(self)
