"""Where all events of this process arrive, and from where they reach the clients that follow their jobs."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from secrets import randbelow
from typing import Protocol
from uuid import UUID

import structlog

from parley_common.contracts.events import MessageDelta, MessageSnapshot
from parley_common.errors import RetryableError
from parley_gateway import metrics
from parley_gateway.domain.frames import Frame
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.recent import Recent
from parley_gateway.live.subscription import EventLog, Position, Reader, Subscription
from parley_gateway.live.texts import Texts

READS = 6
CHUNK = 500
SPREAD_MS = 3_000

log = structlog.get_logger()


class Log(EventLog, Protocol):
    """The stored events, and how far each log reaches."""

    async def latest(self, jobs: Collection[UUID]) -> Mapping[UUID, int]: ...


class Hub:
    """Fans events out. What it misses (a lost message, a broker that was away) the periodic catch-up finds.

    `waits` are the pauses before each look for an event that is missing; after the last, its readers get a gap.
    """

    def __init__(
        self,
        stored: Log,
        *,
        recent: Recent | None = None,
        waits: Sequence[float],
        catch_up_every: float = 5.0,
    ) -> None:
        self.recent = recent or Recent()
        self._stored = _Gentle(stored)
        self._texts = Texts()
        self._every = catch_up_every
        self._waits = waits
        self._subscriptions: defaultdict[UUID, set[Subscription]] = defaultdict(set)
        self._endings: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._mailboxes: set[Mailbox] = set()
        self._poll: asyncio.Task[None] | None = None
        self._alone = asyncio.Event()
        self._alone.set()
        self._leaving = False

    async def start(self) -> None:
        self._poll = asyncio.create_task(self._keep_up(), name="hub-catch-up")

    async def stop(self) -> None:
        await self.part()
        if self._poll:
            self._poll.cancel()
            await asyncio.gather(self._poll, return_exceptions=True)
        for subscription in [each for group in self._subscriptions.values() for each in group]:
            subscription.close()

    def receive(self, frame: Frame) -> None:
        """Take one event off the bus; never waits for anyone."""
        if frame.seq is None:
            self._receive_passing(frame)
            return
        metrics.HUB_LAG.observe(max(0.0, (datetime.now(UTC) - frame.event.time).total_seconds()))
        if not self.recent.add(frame):
            return
        for subscription in tuple(self._subscriptions.get(frame.job, ())):
            if subscription.epoch == frame.epoch:
                subscription.reaches(frame.seq)
        if frame.final:
            self._texts.forget(frame.job)
            for ending in self._endings.pop(frame.job, ()):
                ending.set()

    def subscribe(self, position: Position, reader: Reader) -> Subscription:
        """Follow a job; ends by itself behind the final event, or by `unsubscribe`."""
        latest = max(position.latest, self.recent.latest(position.job, position.epoch))
        subscription: Subscription

        def end() -> None:
            self.unsubscribe(subscription)
            reader.on_end()

        subscription = Subscription(
            replace(position, latest=latest),
            replace(reader, on_end=end),
            log=self._stored,
            recent=self.recent,
            texts=self._texts,
            waits=self._waits,
        )
        self._subscriptions[position.job].add(subscription)
        subscription.begin()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        subscription.close()
        group = self._subscriptions.get(subscription.job, set())
        group.discard(subscription)
        if not group:
            self._subscriptions.pop(subscription.job, None)

    async def ended(self, job: UUID, epoch: int, *, within: float) -> bool:
        """Whether a job's final event has just passed or comes in time."""
        if any(frame.final for frame in self.recent.of(job, epoch)):
            return True
        ending = asyncio.Event()
        self._endings[job].add(ending)
        try:
            async with asyncio.timeout(within):
                return await ending.wait()
        except TimeoutError:
            return False
        finally:
            self._endings[job].discard(ending)
            if not self._endings[job]:
                del self._endings[job]

    @contextmanager
    def following(self, position: Position, reader: Reader) -> Iterator[None]:
        """Follow a job for as long as this is open."""
        subscription = self.subscribe(position, reader)
        try:
            yield
        finally:
            self.unsubscribe(subscription)

    @contextmanager
    def client(self, mailbox: Mailbox) -> Iterator[None]:
        """Remember a client, so that it can be told when this process stops."""
        self._mailboxes.add(mailbox)
        self._alone.clear()
        if self._leaving:
            mailbox.part(randbelow(SPREAD_MS))
        try:
            yield
        finally:
            self._mailboxes.discard(mailbox)
            mailbox.close()
            if not self._mailboxes:
                self._alone.set()

    async def part(self, *, within: float = 1.0) -> None:
        """Send every client away; each comes back at its own moment, to another process or this one restarted."""
        self._leaving = True
        for mailbox in self._mailboxes:
            mailbox.part(randbelow(SPREAD_MS))
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._alone.wait()

    async def catch_up(self) -> None:
        """Compare what subscribers know with what is stored; they fetch the difference."""
        jobs = list(self._subscriptions)
        for begin in range(0, len(jobs), CHUNK):
            for job, seq in (await self._stored.latest(jobs[begin : begin + CHUNK])).items():
                for subscription in tuple(self._subscriptions.get(job, ())):
                    subscription.reaches(seq)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self._texts.forget_silent()
            try:
                await self.catch_up()
            except RetryableError as error:
                log.warning("catch-up failed", reason=error.detail)

    def _receive_passing(self, frame: Frame) -> None:
        event = frame.event
        subscriptions = tuple(self._subscriptions.get(frame.job, ()))
        match event:
            case MessageDelta(data=data):
                text = self._texts.message(frame, data.message_id)
                text.add(data.offset, data.delta)
                for subscription in subscriptions:
                    subscription.text(text, frame)
            case MessageSnapshot(data=data):
                text = self._texts.message(frame, data.message_id)
                text.catch_up(data.text)
                for subscription in subscriptions:
                    subscription.text(text)
            case _:
                for subscription in subscriptions:
                    subscription.passing(frame)


class _Gentle:
    """The log with at most `READS` replays reading at a time, so that a crowd coming back leaves room for requests."""

    def __init__(self, stored: Log) -> None:
        self._stored = stored
        self._turn = asyncio.Semaphore(READS)

    async def after(self, job: UUID, epoch: int, *, seq: int, limit: int) -> Sequence[Frame]:
        async with self._turn:
            return await self._stored.after(job, epoch, seq=seq, limit=limit)

    async def latest(self, jobs: Collection[UUID]) -> Mapping[UUID, int]:
        async with self._turn:
            return await self._stored.latest(jobs)
