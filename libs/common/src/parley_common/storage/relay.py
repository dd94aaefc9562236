"""The outbox relay: publishes what committed, and what a process that died left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog

from parley_common.batching import Batcher
from parley_common.bus.message import Outgoing
from parley_common.errors import RetryableError
from parley_common.persistence import persistently
from parley_common.settings import Settings
from parley_common.storage import outbox
from parley_common.storage.database import Database

IN_HAND = 10_000
IN_FLIGHT = 256
LONGEST_PAUSE = 2.0

log = structlog.get_logger()


class Publisher(Protocol):
    """Where messages go; returns when the broker has taken responsibility."""

    async def publish(self, message: Outgoing, *, persist: bool = True) -> None: ...


class Relay:
    """Moves messages from one database's outbox to the bus, at least once; consumers tell repeats by their id.

    Messages are handed over in memory right after their commit, and their confirms are awaited side by side.
    A message is kept until it is confirmed, however long the broker is away; beyond `IN_HAND` of them the rest
    wait as rows.
    """

    def __init__(self, database: Database, bus: Publisher, settings: Settings) -> None:
        self._database = database
        self._bus = bus
        self._sweep_every = settings.outbox_sweep
        self._in_hand: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = asyncio.Semaphore(IN_FLIGHT)
        # Rows of confirmed messages are in nobody's way: removed a few times a second, they cost the jobs no commits.
        self._removals: Batcher[UUID, None] = Batcher(self._remove, linger=settings.outbox_remove)
        self._sweeper: asyncio.Task[None] | None = None
        database.on_commit = self.hand_over

    async def start(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep(), name="outbox-sweeper")

    async def stop(self, *, grace: float = 3.0) -> None:
        """Give what is in hand a moment; what stays is a row and goes out from another process or after a restart."""
        if self._sweeper:
            self._sweeper.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        left = [*self._tasks, *([self._sweeper] if self._sweeper else [])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def backlog(self) -> int:
        """How many messages are on their way."""
        return len(self._in_hand)

    def hand_over(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            if outbox.is_due(message) and message.id not in self._in_hand and len(self._in_hand) < IN_HAND:
                self._in_hand.add(message.id)
                task = asyncio.create_task(self._deliver(message), name="outbox-deliver")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _deliver(self, message: Outgoing) -> None:
        async def publish() -> None:
            async with self._in_flight:
                await self._bus.publish(message)

        try:
            await persistently(publish, on=RetryableError, longest=LONGEST_PAUSE)
            await self._removals.add(message.id)
        finally:
            self._in_hand.discard(message.id)

    async def _remove(self, ids: Sequence[UUID]) -> Sequence[None]:
        async def remove() -> None:
            if self._database.dialect == "postgresql":
                await outbox.remove_at_once(self._database.engine, ids)
                return
            async with self._database.transaction() as transaction:
                await outbox.remove(transaction.connection, ids)

        await persistently(remove, on=RetryableError, longest=LONGEST_PAUSE)
        return [None] * len(ids)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._sweep_once()
            except RetryableError as error:
                log.warning("outbox sweep failed", reason=error.detail)
            except Exception:
                log.exception("outbox sweep failed")  # without sweeps, what a dead process left would stay: go on
            await asyncio.sleep(self._sweep_every)

    async def _sweep_once(self) -> None:
        room = IN_HAND - len(self._in_hand)
        if room > 0:
            async with self._database.transaction() as transaction:
                due = await outbox.take_due(
                    transaction.connection, limit=min(room, 500), hand_over=self._database.hand_over
                )
            self.hand_over(due)
