"""The broker itself: exchanges, queues, publishing and dead-lettering. Everything but the file happens at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parley_common.bus.memory.journal import Journal
from parley_common.bus.memory.messages import Entry, Message, dead
from parley_common.bus.memory.queue import Definition, Queue
from parley_common.bus.memory.routing import Exchange


class BrokerRefusal(Exception):
    """The broker refuses what a client asked for."""


class NotDeclared(BrokerRefusal):
    """There is no such exchange or queue."""


class Mismatch(BrokerRefusal):
    """It exists, declared with other properties."""


class Locked(BrokerRefusal):
    """The queue belongs to another connection alone."""


class Server:
    """One broker, shared by all connections of a process to the same data folder."""

    def __init__(self, file: Path) -> None:
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, Queue] = {}
        self._journal = Journal(file)
        self._last_id = 0
        self._restore()

    def _restore(self) -> None:
        for kind, *item in self._journal.topology():
            if kind == "exchange":
                self.exchanges[item[0]] = Exchange(*item)
            elif kind == "queue":
                name, arguments = item
                definition = Definition(name, durable=True, arguments=tuple(map(tuple, arguments)))
                self.queues[name] = Queue(definition)
            elif kind == "binding":
                self.exchanges[item[0]].bind(item[1], item[2])
        for queue, entry in self._journal.messages():
            # Nobody knows whether it had been delivered when the process ended: say so, but hold it against nobody,
            # or a long backlog would be dead-lettered by a few restarts.
            entry.failures += 1
            self._last_id = entry.id
            self.queues[queue].ready.append(entry)

    def declare_exchange(self, name: str, kind: str, *, durable: bool = True) -> None:
        known = self.exchanges.get(name)
        if known and known.kind != kind:
            raise Mismatch(f"exchange {name!r} is a {known.kind} exchange, not {kind}")
        if not known:
            self.exchanges[name] = Exchange(name, kind)
            if durable:
                self._journal.keep("exchange", name, kind)

    def exchange(self, name: str) -> Exchange:
        if name not in self.exchanges:
            raise NotDeclared(f"no exchange {name!r}")
        return self.exchanges[name]

    def declare_queue(self, definition: Definition, *, owner: object) -> Queue:
        if known := self.queues.get(definition.name):
            self._check_owner(known, owner)
            if known.definition != definition:
                raise Mismatch(f"queue {definition.name!r} is declared with other arguments")
            return known
        queue = self.queues[definition.name] = Queue(definition, owner=owner if definition.exclusive else None)
        if self._is_durable(queue):
            self._journal.keep("queue", definition.name, definition.arguments)
        return queue

    def queue(self, name: str, *, owner: object) -> Queue:
        if name not in self.queues:
            raise NotDeclared(f"no queue {name!r}")
        self._check_owner(self.queues[name], owner)
        return self.queues[name]

    def bind(self, queue: Queue, exchange: str, key: str) -> None:
        self.exchange(exchange).bind(queue.name, key)
        if self._is_durable(queue):
            self._journal.keep("binding", exchange, queue.name, key)

    def unbind(self, queue: Queue, exchange: str, key: str) -> None:
        self.exchange(exchange).unbind(queue.name, key)
        self._journal.forget("binding", exchange, queue.name, key)

    def delete(self, queue: Queue) -> None:
        """Delete a queue of one connection; shared ones are never deleted."""
        del self.queues[queue.name]
        for exchange in self.exchanges.values():
            exchange.unbind(queue.name)

    async def publish(self, message: Message) -> bool:
        """Route a message and return, once it is stored, whether any queue got it."""
        routed = self.route(message)
        if routed and message.persistent:
            await self._journal.stored()
        return routed

    def route(self, message: Message) -> bool:
        names = self.exchange(message.exchange).route(message.key) if message.exchange else (message.key,)
        queues = [self.queues[name] for name in names if name in self.queues]
        for queue in queues:
            self._last_id += 1
            entry = Entry(self._last_id, message)
            if self._is_kept(queue, entry):
                self._journal.add(queue.name, entry)
            if dropped := queue.add(entry):
                self.bury(queue, dropped, reason="maxlen")
        return bool(queues)

    def requeue(self, queue: Queue, entry: Entry) -> None:
        """A message comes back undone: into its old place, or out if that has happened too often."""
        entry.failures += 1
        if queue.exhausted(entry):
            self.bury(queue, entry, reason="delivery_limit")
            return
        if self._is_kept(queue, entry):
            self._journal.fail(entry)
        queue.put_back(entry)

    def bury(self, queue: Queue, entry: Entry, *, reason: str) -> None:
        """Move a message to the queue's dead-letter exchange, or drop it for want of one."""
        self.drop(queue, entry)
        target = queue.dead_exchange
        if target in self.exchanges:
            self.route(dead(entry.message, queue=queue.name, reason=reason, exchange=target, key=queue.dead_key))

    def drop(self, queue: Queue, entry: Entry) -> None:
        """Forget a message for good."""
        if self._is_kept(queue, entry):
            self._journal.remove(entry)

    def disconnect(self, owner: object) -> None:
        """Delete the queues that belonged to a connection."""
        for queue in [queue for queue in self.queues.values() if queue.owner is owner]:
            self.delete(queue)

    async def flush(self) -> None:
        await self._journal.stored()

    def close(self) -> None:
        self._journal.close()

    @staticmethod
    def _is_durable(queue: Queue) -> bool:
        return queue.definition.durable and not (queue.definition.exclusive or queue.definition.auto_delete)

    def _is_kept(self, queue: Queue, entry: Entry) -> bool:
        return self._is_durable(queue) and entry.message.persistent

    @staticmethod
    def _check_owner(queue: Queue, owner: object) -> None:
        if queue.owner not in {None, owner}:
            raise Locked(f"queue {queue.name!r} is exclusive to another connection")


def arguments_of(arguments: dict[str, Any] | None) -> tuple[tuple[str, Any], ...]:
    """Queue arguments in a form that can be compared and kept."""
    return tuple(sorted((arguments or {}).items()))
