"""One queue: who gets the next message, and what becomes of those that come back."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parley_common.bus.memory.messages import Entry


@dataclass(eq=False, slots=True)
class Consumer:
    """A reader with room for `prefetch` unacknowledged messages (0: for any number)."""

    tag: str
    deliver: Callable[[Consumer, Entry], None]
    prefetch: int
    unacked: int = 0

    def has_room(self) -> bool:
        return not self.prefetch or self.unacked < self.prefetch


@dataclass(frozen=True, slots=True)
class Definition:
    """What a queue was declared with; declaring it again with anything else is an error."""

    name: str
    durable: bool = False
    exclusive: bool = False
    auto_delete: bool = False
    arguments: tuple[tuple[str, Any], ...] = ()

    def argument(self, name: str) -> Any:
        return dict(self.arguments).get(name)


class Queue:
    """Messages in order of arrival, handed to consumers in turn; one that comes back takes its old place."""

    def __init__(self, definition: Definition, *, owner: object = None) -> None:
        self.definition = definition
        self.name = definition.name
        self.owner = owner
        self.ready: deque[Entry] = deque()
        self.consumers: deque[Consumer] = deque()
        self.was_consumed = False
        self.max_length: int | None = definition.argument("x-max-length")
        self.delivery_limit: int | None = definition.argument("x-delivery-limit")
        self.dead_exchange: str | None = definition.argument("x-dead-letter-exchange")
        self.dead_key: str | None = definition.argument("x-dead-letter-routing-key")

    def add(self, entry: Entry) -> Entry | None:
        """Queue a message; the oldest one is returned if there was no room for both."""
        self.ready.append(entry)
        self.pump()
        overfull = self.max_length is not None and len(self.ready) > self.max_length
        return self.ready.popleft() if overfull else None

    def put_back(self, entry: Entry) -> None:
        if not self.ready or entry.id < self.ready[0].id:
            self.ready.appendleft(entry)
        else:
            in_order = list(self.ready)
            insort(in_order, entry, key=lambda queued: queued.id)
            self.ready = deque(in_order)

    def take(self) -> Entry | None:
        return self.ready.popleft() if self.ready else None

    def exhausted(self, entry: Entry) -> bool:
        """Whether a message came back more often than the delivery limit allows."""
        return self.delivery_limit is not None and entry.failures > self.delivery_limit

    def add_consumer(self, consumer: Consumer) -> None:
        self.consumers.append(consumer)
        self.was_consumed = True
        self.pump()

    def remove_consumer(self, consumer: Consumer) -> None:
        self.consumers.remove(consumer)

    def pump(self) -> None:
        """Hand out messages for as long as there are any and somebody has room."""
        while self.ready and (consumer := self._next_with_room()):
            consumer.unacked += 1
            consumer.deliver(consumer, self.ready.popleft())

    def _next_with_room(self) -> Consumer | None:
        for _ in range(len(self.consumers)):
            consumer = self.consumers[0]
            self.consumers.rotate(-1)
            if consumer.has_room():
                return consumer
        return None
