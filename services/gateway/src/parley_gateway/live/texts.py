"""The text so far of every message that is being streamed, put together from its deltas."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from parley_common.contracts.events import Delta
from parley_gateway.domain.frames import Frame

MAX_EARLY = 256


class Text:
    """One message: contiguous from character 0; deltas that came too early wait for those before them."""

    def __init__(self, frame: Frame, message_id: str) -> None:
        self.frame = frame
        self.message_id = message_id
        self.length = 0
        self._parts: list[str] = []
        self._early: dict[int, str] = {}

    def add(self, offset: int, delta: str) -> None:
        if offset > self.length:
            if len(self._early) < MAX_EARLY:
                self._early[offset] = delta
            return
        self._append(delta[self.length - offset :])
        while (late := self._early.pop(self.length, None)) is not None:
            self._append(late)

    def catch_up(self, text: str) -> None:
        """Take a snapshot, which also holds what was missed."""
        self.add(0, text)
        self._early = {offset: delta for offset, delta in self._early.items() if offset > self.length}

    def since(self, offset: int) -> Frame:
        """One delta with everything from `offset` on."""
        self._parts = ["".join(self._parts)]
        return self.frame.with_delta(Delta(message_id=self.message_id, delta=self._parts[0][offset:], offset=offset))

    def _append(self, delta: str) -> None:
        if delta:
            self._parts.append(delta)
            self.length += len(delta)


class Texts:
    """The messages of all jobs; forgotten when the job ends or its stream has long been silent."""

    def __init__(self, *, silence: float = 120.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._silence = silence
        self._clock = clock
        self._jobs: dict[UUID, dict[str, Text]] = {}
        self._heard: dict[UUID, float] = {}

    def of(self, job: UUID) -> Iterable[Text]:
        return tuple(self._jobs.get(job, {}).values())

    def message(self, frame: Frame, message_id: str) -> Text:
        """The message this frame belongs to, begun if it is new."""
        self._heard[frame.job] = self._clock()
        messages = self._jobs.setdefault(frame.job, {})
        if message_id not in messages:
            messages[message_id] = Text(frame, message_id)
        return messages[message_id]

    def forget(self, job: UUID) -> None:
        self._jobs.pop(job, None)
        self._heard.pop(job, None)

    def forget_silent(self) -> None:
        oldest = self._clock() - self._silence
        for job in [job for job, heard in self._heard.items() if heard < oldest]:
            self.forget(job)
