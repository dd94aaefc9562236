"""Telling a streamed text from the data that follows it behind a marker line."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from parley_enhancer.domain.rationale import Reason

_REASONS = TypeAdapter(list[Reason])


class Trailed:
    """Feeds on deltas and gives back what may be shown; it holds back what could become the marker."""

    def __init__(self, marker: str) -> None:
        self._marker = marker
        self._all = ""
        self._shown = 0

    @property
    def text(self) -> str:
        """The text without the marker and what follows it."""
        return self._all.partition(self._marker)[0]

    def feed(self, delta: str) -> str:
        """What can be shown now that `delta` has come."""
        self._all += delta
        if self._marker in self._all:
            return self._show(len(self.text.rstrip()))
        text = self._all.rstrip()
        return self._show(len(text[: len(text) - self._held_back(text)].rstrip()))

    def rest(self) -> str:
        """What is left to show at the end."""
        return self._show(len(self.text.rstrip()))

    def reasons(self) -> list[Reason]:
        """The data behind the marker; none if it is missing, cut off or not what was asked for."""
        data = self._all.partition(self._marker)[2]
        start, end = data.find("["), data.rfind("]")
        try:
            return _REASONS.validate_json(data[start : end + 1]) if 0 <= start < end else []
        except ValidationError:
            return []

    def _show(self, end: int) -> str:
        shown = self._all[self._shown : end]
        self._shown = max(self._shown, end)
        return shown

    def _held_back(self, text: str) -> int:
        """How much of the end could be the beginning of the marker."""
        sizes = range(min(len(self._marker), len(text)), 0, -1)
        return next((size for size in sizes if text.endswith(self._marker[:size])), 0)
