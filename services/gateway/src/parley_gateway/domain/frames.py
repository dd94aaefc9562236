"""One event on its way to clients: parsed once, shown once per kind of client, shared by all of them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from pydantic import TypeAdapter

from parley_common.contracts.events import FINAL_TYPES, Delta, Event, JobEvent, MessageDelta

EVENT: TypeAdapter[Event] = TypeAdapter(JobEvent)


class Frame:
    """An event and the JSON text it came as. `seq` is `None` for ephemeral ones."""

    __slots__ = ("_event", "_shown", "epoch", "job", "seq", "text", "type")

    def __init__(self, text: str, *, job: UUID, epoch: int, seq: int | None, kind: str) -> None:
        self.text = text
        self.job = job
        self.epoch = epoch
        self.seq = seq
        self.type = kind
        self._event: Event | None = None
        self._shown: dict[View, str | None] = {}

    @classmethod
    def of(cls, event: Event, text: str | None = None) -> Frame:
        text = event.model_dump_json() if text is None else text
        frame = cls(text, job=event.job, epoch=event.epoch, seq=event.seq, kind=event.type)
        frame._event = event
        return frame

    @property
    def event(self) -> Event:
        if self._event is None:
            self._event = EVENT.validate_json(self.text)
        return self._event

    @property
    def final(self) -> bool:
        return self.type in FINAL_TYPES

    def shown(self, view: View) -> str | None:
        """What a client of this kind gets, rendered once for all of them; `None` is nothing."""
        if view is plain:
            return self.text
        if view not in self._shown:
            self._shown[view] = view(self)
        return self._shown[view]

    def with_delta(self, delta: Delta) -> Frame:
        """The same moment of the same job, carrying other text."""
        event = self.event
        return Frame.of(MessageDelta(job=event.job, epoch=event.epoch, time=event.time, data=delta))


View = Callable[[Frame], str | None]


def plain(frame: Frame) -> str | None:
    """The event as it is, byte for byte."""
    return frame.text
