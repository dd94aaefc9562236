"""Markers such as `[2]` or `[1, 3]` in a text that is still being written: known ones stay, unknown ones go."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_MARKER = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_WITH_SPACE = re.compile(r"(\s*)" + _MARKER.pattern)
LEADING = re.compile(rf"(?:\s*{_MARKER.pattern})+")
_UNFINISHED = re.compile(r"\s*\[[\d\s,;]{0,40}$")
_NUMBER = re.compile(r"\d+")
# A model says with this that no passage answers.
NOTHING = 0


class Markers:
    """Feeds on deltas and gives back what may be shown; it holds back what could become a marker.

    `cited` are the known numbers in the order of their first use; `dropped` counts the others. `nothings` are the
    places in `text` where the model says that no passage answers.
    """

    def __init__(self, known: Collection[int]) -> None:
        self.text = ""
        self.cited: list[int] = []
        self.dropped = 0
        self.nothings: list[int] = []
        self._known = frozenset(known)
        self._held = ""

    def feed(self, delta: str) -> str:
        """What can be shown now that `delta` has come."""
        waiting = self._held + delta
        unfinished = _UNFINISHED.search(waiting)
        end = unfinished.start() if unfinished else len(waiting.rstrip())
        self._held = waiting[end:]
        return self._show(waiting[:end])

    def rest(self) -> str:
        """What is left to show at the end."""
        held, self._held = self._held.rstrip(), ""
        return self._show(held)

    @property
    def nothing(self) -> bool:
        """Whether the model said anywhere that no passage answers."""
        return bool(self.nothings)

    def _show(self, text: str) -> str:
        begun, done = len(self.text), 0
        for found in _WITH_SPACE.finditer(text):
            self.text += text[done : found.start()] + self._checked(found)
            done = found.end()
        self.text += text[done:]
        return self.text[begun:]

    def _checked(self, found: re.Match[str]) -> str:
        numbers = [int(each) for each in _NUMBER.findall(found[2])]
        known = [each for each in dict.fromkeys(numbers) if each in self._known]
        self.nothings += [len(self.text)] * (NOTHING in numbers)
        self.dropped += sum(each not in self._known and each != NOTHING for each in numbers)
        self.cited += [each for each in known if each not in self.cited]
        return found[1] + markers_of(known) if known else ""


def markers_of(numbers: Iterable[int]) -> str:
    return "".join(f"[{each}]" for each in numbers)


def cited_in(text: str) -> list[int]:
    """The numbers a text cites."""
    return [int(number) for found in _MARKER.finditer(text) for number in _NUMBER.findall(found[1])]


def without_markers(text: str) -> str:
    return _WITH_SPACE.sub("", text)
