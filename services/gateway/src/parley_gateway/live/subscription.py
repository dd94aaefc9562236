"""One client following one job: the log after its cursor without holes or repeats, then what happens, live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from parley_common.contracts.events import MessageDelta
from parley_common.errors import RetryableError
from parley_gateway import metrics
from parley_gateway.domain.frames import Frame, View, plain
from parley_gateway.live.mailbox import BROKEN, Mailbox
from parley_gateway.live.recent import Recent
from parley_gateway.live.texts import Text, Texts

PAGE = 200
FIRST_WAIT, LONGEST_WAIT = 0.02, 1.0


def waits(patience: float) -> tuple[float, ...]:
    """How long to wait for a missing event before each look at the log, `patience` seconds in all."""
    each = [FIRST_WAIT]
    while sum(each) < patience:
        each.append(min(2 * each[-1], LONGEST_WAIT))
    return tuple(each)


class EventLog(Protocol):
    """The stored events of all jobs; may lag behind what is live."""

    async def after(self, job: UUID, epoch: int, *, seq: int, limit: int) -> Sequence[Frame]: ...


@dataclass(frozen=True)
class Position:
    """Where to begin: after `seq`; the log is known to reach `latest`."""

    job: UUID
    epoch: int
    seq: int
    latest: int


@dataclass(frozen=True)
class Reader:
    """Who gets the frames and in which shape; frames that `wanted` refuses are passed over.

    `on_gap` gets the first and last number of events that could not be had; `on_end` is called behind the final one.
    """

    mailbox: Mailbox
    view: View = plain
    wanted: Callable[[Frame], bool] = lambda _: True
    on_gap: Callable[[int, int], None] = lambda first, last: None
    on_end: Callable[[], None] = lambda: None


class Subscription:
    """Sends each journaled event once and in order, and the text of streaming messages without holes.

    It is either replaying (a task reads the log until it meets what is live) or live (frames are passed on as they
    come). A hole in what comes live turns it back to replaying.
    """

    def __init__(
        self,
        position: Position,
        reader: Reader,
        *,
        log: EventLog,
        recent: Recent,
        texts: Texts,
        waits: Sequence[float],
    ) -> None:
        self.job = position.job
        self.epoch = position.epoch
        self.cursor = position.seq
        self.ended = False
        self._latest = position.latest
        self._reader = reader
        self._log = log
        self._recent = recent
        self._texts = texts
        self._waits = waits
        self._sent: dict[str, int] = {}
        self._beyond: int | None = None
        self._news: asyncio.Event | None = None
        self._replaying: asyncio.Task[None] | None = None
        self._leave_mailbox = reader.mailbox.on_room(self._send_texts)

    def begin(self) -> None:
        if self.cursor < self._latest:
            self._replay(self._meet_live)
        else:
            self._send_texts()

    def close(self) -> None:
        self.ended = True
        self._leave_mailbox()
        if self._replaying:
            self._replaying.cancel()

    def reaches(self, seq: int) -> None:
        """The log is now known to reach `seq`; what is missing here is fetched."""
        self._latest = max(self._latest, seq)
        if seq == self.cursor + 1 and self._news:
            self._news.set()
        if self._replaying or self.ended:
            return
        for frame in self._recent.following(self.job, self.epoch, self.cursor):
            self._send(frame)
        if self.cursor < self._latest and not self.ended:
            self._replay(self._close_hole)

    def text(self, text: Text, frame: Frame | None = None) -> None:
        """Send what is new of a message: `frame` itself if it fits exactly, else one delta with all of it."""
        sent = self._sent.get(text.message_id, 0)
        if self._replaying or self.ended or self._reader.mailbox.crowded or text.length <= sent:
            return
        fits = frame is not None and _offset(frame) == sent and _end(frame) == text.length
        self._put(frame if fits and frame else text.since(sent))
        self._sent[text.message_id] = text.length

    def passing(self, frame: Frame) -> None:
        """Send an ephemeral frame that nobody misses."""
        if not (self._replaying or self.ended or self._reader.mailbox.crowded):
            self._put(frame)

    def _send_texts(self) -> None:
        for text in self._texts.of(self.job):
            self.text(text)

    def _send(self, frame: Frame) -> None:
        self.cursor += 1
        self._put(frame)
        if frame.final:
            self.ended = True
            self._leave_mailbox()
            self._reader.on_end()

    def _put(self, frame: Frame) -> None:
        if self._reader.wanted(frame) and (shown := frame.shown(self._reader.view)) is not None:
            self._reader.mailbox.put(shown)
            metrics.EVENTS_PUSHED.inc()

    def _replay(self, work: Callable[[asyncio.Event], Coroutine[None, None, None]]) -> None:
        self._news = asyncio.Event()
        self._replaying = asyncio.create_task(work(self._news), name="replay")
        self._replaying.add_done_callback(self._replayed)

    def _replayed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self.close()
            self._reader.mailbox.drop(BROKEN)
            task.get_loop().call_exception_handler({"message": "replay failed", "exception": error})

    async def _close_hole(self, news: asyncio.Event) -> None:
        await self._wait(news, self._waits[0])  # most holes are messages that overtook each other
        await self._meet_live(news)

    async def _meet_live(self, news: asyncio.Event) -> None:
        tries = 0
        while not self.ended:
            news.clear()
            if not await self._send_recent():
                return
            if self.cursor >= self._latest:
                break
            before = self.cursor
            if not await self._send_stored():
                return
            if self.cursor > before:
                tries = 0
            elif tries < len(self._waits):
                await self._wait(news, self._waits[tries])
                tries += 1
            else:
                self._skip()
                tries = 0
        self._replaying = self._news = None
        self._send_texts()

    async def _send_recent(self) -> bool:
        """Send what is still in memory, as fast as the client takes it; `False` if the client is gone."""
        while not self.ended and (frame := self._recent.get(self.job, self.epoch, self.cursor + 1)):
            if not await self._reader.mailbox.room():
                return False
            self._send(frame)
        return True

    async def _send_stored(self) -> bool:
        """The same from the log."""
        more = True
        while more and not self.ended:
            page = await self._page()
            more = len(page) == PAGE
            for frame in page:
                if not await self._reader.mailbox.room():
                    return False
                if frame.seq != self.cursor + 1 or self.ended:
                    self._beyond = frame.seq
                    return True
                self._send(frame)
        return True

    async def _page(self) -> Sequence[Frame]:
        tries = 0
        while True:
            try:
                return await self._log.after(self.job, self.epoch, seq=self.cursor, limit=PAGE)
            except RetryableError:
                await asyncio.sleep(self._waits[min(tries, len(self._waits) - 1)])
                tries += 1

    async def _wait(self, news: asyncio.Event, seconds: float) -> None:
        """Give the recorder, or a message that was overtaken, a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await news.wait()

    def _skip(self) -> None:
        """Give up what is missing: tell the client, and go on with the next event there is."""
        there = [self._beyond, *(frame.seq for frame in self._recent.of(self.job, self.epoch))]
        upto = min((seq - 1 for seq in there if seq and seq > self.cursor), default=self._latest)
        metrics.GAPS.labels("lost").inc()
        self._reader.on_gap(self.cursor + 1, upto)
        self.cursor = upto


def _offset(frame: Frame) -> int:
    event = frame.event
    return event.data.offset if isinstance(event, MessageDelta) else -1


def _end(frame: Frame) -> int:
    event = frame.event
    return event.data.offset + len(event.data.delta) if isinstance(event, MessageDelta) else -1
