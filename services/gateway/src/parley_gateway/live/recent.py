"""The last seconds of all event logs, so that a new reader need not wait for the recorder."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from uuid import UUID

from parley_gateway.domain.frames import Frame

MAX_BYTES = 64 * 1024 * 1024


class Recent:
    """Journaled frames of the last `seconds`, by job, epoch and seq; the oldest go first beyond `max_bytes`."""

    def __init__(
        self, *, seconds: float = 30.0, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._clock = clock
        self._bytes = 0
        self._order: deque[tuple[float, Frame]] = deque()
        self._logs: dict[tuple[UUID, int], dict[int, Frame]] = {}

    def add(self, frame: Frame) -> bool:
        """Keep a frame; `False` if it is here already."""
        assert frame.seq is not None  # noqa: S101 - ephemeral frames are told apart before
        self._forget_old()
        log = self._logs.setdefault((frame.job, frame.epoch), {})
        if frame.seq in log:
            return False
        log[frame.seq] = frame
        self._order.append((self._clock(), frame))
        self._bytes += len(frame.text)
        return True

    def get(self, job: UUID, epoch: int, seq: int) -> Frame | None:
        return self._logs.get((job, epoch), {}).get(seq)

    def following(self, job: UUID, epoch: int, seq: int) -> Iterator[Frame]:
        """The frames right after `seq`, up to the first that is missing."""
        while frame := self.get(job, epoch, seq + 1):
            seq += 1
            yield frame

    def of(self, job: UUID, epoch: int) -> list[Frame]:
        """All that is here of one log, in order, perhaps with holes."""
        return [frame for _, frame in sorted(self._logs.get((job, epoch), {}).items())]

    def latest(self, job: UUID, epoch: int) -> int:
        return max(self._logs.get((job, epoch), {}), default=0)

    def _forget_old(self) -> None:
        oldest = self._clock() - self._seconds
        while self._order and (self._order[0][0] < oldest or self._bytes > self._max_bytes):
            _, frame = self._order.popleft()
            self._bytes -= len(frame.text)
            log = self._logs[frame.job, frame.epoch]
            del log[frame.seq or 0]
            if not log:
                del self._logs[frame.job, frame.epoch]
