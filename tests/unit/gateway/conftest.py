"""A job's events to play with, and a log in memory that may lag behind or be away."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from parley_common.errors import RetryableError
from parley_gateway.domain.frames import EVENT, Frame
from parley_gateway.live.hub import Hub
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.subscription import Position, Reader

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Story:
    """The events of one job, made to order."""

    def __init__(self) -> None:
        self.job = uuid4()

    def frame(self, kind: str, seq: int | None, **data: Any) -> Frame:
        time = (NOW + timedelta(seconds=seq or 0)).isoformat()
        text = json.dumps({"type": kind, "job": str(self.job), "epoch": 1, "seq": seq, "time": time, "data": data})
        return Frame.of(EVENT.validate_json(text), text)

    def progress(self, seq: int) -> Frame:
        return self.frame("job.progress", seq, fraction=0.5, stage=f"stage {seq}")

    def completed(self, seq: int) -> Frame:
        return self.frame("job.completed", seq, result={"result": "done"})

    def delta(self, offset: int, delta: str, message: str = "m") -> Frame:
        return self.frame("message.delta", None, message_id=message, delta=delta, offset=offset)

    def told(self, length: int) -> list[Frame]:
        """A whole log of `length` events."""
        return [*(self.progress(seq) for seq in range(1, length)), self.completed(length)]


class StoredLog:
    """The stored events; `away` makes the next reads fail."""

    def __init__(self) -> None:
        self.frames: dict[tuple[UUID, int], Frame] = {}
        self.reads = 0
        self.away = 0

    def store(self, *frames: Frame) -> None:
        self.frames |= {(frame.job, frame.seq): frame for frame in frames if frame.seq}

    async def after(self, job: UUID, epoch: int, *, seq: int, limit: int) -> Sequence[Frame]:
        self.reads += 1
        if self.away:
            self.away -= 1
            raise RetryableError("away")
        found = [frame for (owner, number), frame in sorted(self.frames.items()) if owner == job and number > seq]
        return found[:limit]

    async def latest(self, jobs: Collection[UUID]) -> Mapping[UUID, int]:
        return {job: max((n for owner, n in self.frames if owner == job), default=0) for job in jobs}


class Client:
    """A reader with a mailbox; `received` is what it was sent so far."""

    def __init__(self, hub: Hub, position: Position, limit: int = 1_000_000) -> None:
        self.mailbox = Mailbox(limit=limit)
        self.gaps: list[tuple[int, int]] = []
        self.received: list[dict[str, Any]] = []
        reader = Reader(
            self.mailbox, on_gap=lambda first, last: self.gaps.append((first, last)), on_end=self.mailbox.close
        )
        self.subscription = hub.subscribe(position, reader)

    async def until(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        while not enough(self.received):
            text = await self.mailbox.get()
            assert text is not None, "the mailbox was closed too early"
            self.received.append(json.loads(text))
        return self.received

    async def all(self) -> list[dict[str, Any]]:
        """Everything up to the end."""
        while (text := await self.mailbox.get()) is not None:
            self.received.append(json.loads(text))
        return self.received


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def tell() -> Callable[[], Story]:
    return Story


@pytest.fixture
def stored() -> StoredLog:
    return StoredLog()


@pytest.fixture
def make_log() -> Callable[[], StoredLog]:
    return StoredLog


@pytest.fixture
def hub(stored: StoredLog) -> Hub:
    return Hub(stored, waits=(0.001, 0.002, 0.005, 0.005))


@pytest.fixture
def connect() -> Callable[..., Client]:
    return Client
