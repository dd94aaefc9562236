"""What waits to be sent to one client, counted in bytes, so that a slow one holds up nobody but itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

NORMAL = 1000
RESTARTING = 1012
BROKEN = 1011
SLOW = 3008

CROWDED = 0.25
ROOMY = 0.0625


class Mailbox:
    """A queue with one writer task behind it. `put` never waits: behind `limit` bytes, the reader is let go.

    Above a quarter of `limit` it is `crowded`: whoever can hold back or merge (token deltas, replays) does so, and
    is called through `on_room` once most has been sent.
    """

    __slots__ = (
        "_bytes",
        "_farewell",
        "_filled",
        "_limit",
        "_listeners",
        "_room",
        "_texts",
        "code",
        "crowded",
        "dropped",
    )

    def __init__(self, *, limit: int = 1_048_576, farewell: Callable[[int], str] | None = None) -> None:
        self.code: int | None = None
        self.crowded = False
        self.dropped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._farewell = farewell
        self._limit = limit
        self._bytes = 0
        self._texts: deque[tuple[str, int]] = deque()
        self._filled: asyncio.Future[None] | None = None
        self._room: asyncio.Event | None = None
        self._listeners: set[Callable[[], None]] = set()

    @property
    def closed(self) -> bool:
        return self.code is not None

    def put(self, text: str) -> None:
        if self.closed:
            return
        size = len(text) if text.isascii() else len(text.encode())
        if self._bytes > self._limit:
            self.drop(SLOW)
            return
        self._texts.append((text, size))
        self._bytes += size
        self._wake()
        if self._bytes > self._limit * CROWDED:
            self.crowded = True

    async def get(self) -> str | None:
        """The next text; `None` when the mailbox is closed and empty."""
        while not self._texts:
            if self.closed:
                return None
            self._filled = asyncio.get_running_loop().create_future()
            await self._filled
        text, size = self._texts.popleft()
        self._bytes -= size
        if self.crowded and self._bytes <= self._limit * ROOMY:
            self._uncrowd()
        return text

    async def room(self) -> bool:
        """Wait until it is not crowded; `False` if it has been closed."""
        if self.crowded and not self.closed:
            self._room = self._room or asyncio.Event()
            await self._room.wait()
        return not self.closed

    def on_room(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the crowd is gone; returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def close(self, code: int = NORMAL) -> None:
        """Send what is waiting, then end with `code`."""
        if not self.closed:
            self.code = code
            self._wake()
            self._make_room()

    def drop(self, code: int) -> None:
        """End at once with `code`; what is waiting is not sent."""
        if not self.closed:
            self._texts.clear()
            self._bytes = 0
            self.dropped.set_result(None)
            self.close(code)

    def part(self, after_ms: int) -> None:
        """Ask the client to come back in a moment, then end."""
        if self._farewell:
            self.put(self._farewell(after_ms))
        self.close(RESTARTING)

    def _uncrowd(self) -> None:
        self.crowded = False
        self._make_room()
        for listener in tuple(self._listeners):
            listener()

    def _wake(self) -> None:
        if self._filled and not self._filled.done():
            self._filled.set_result(None)

    def _make_room(self) -> None:
        if self._room:
            self._room.set()
            self._room = None
