"""Markers such as `[2]` or `[1, 3]` in a text that is still being written: known ones stay, unknown ones go."""

from __future__ import annotations

import re
from collections.abc import Collection

_MARKER = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_WITH_SPACE = re.compile(r"(\s*)" + _MARKER.pattern)
LEADING = re.compile(rf"(?:\s*{_MARKER.pattern})+")
_UNFINISHED = re.compile(r"\s*\[[\d\s,;]{0,40}$")
_NUMBER = re.compile(r"\d+")
# A model says with this that no passage answers.
NOTHING = 0


class Markers:
    """Feeds on deltas and gives back what may be shown; it holds back what could become a marker.

    `cited` are the known numbers in the order of their first use; `dropped` counts the others.
    """

    def __init__(self, known: Collection[int]) -> None:
        self.text = ""
        self.cited: list[int] = []
        self.dropped = 0
        self.nothing = False
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

    def _show(self, text: str) -> str:
        shown = _WITH_SPACE.sub(self._checked, text)
        self.text += shown
        return shown

    def _checked(self, found: re.Match[str]) -> str:
        numbers = [int(each) for each in _NUMBER.findall(found[2])]
        known = [each for each in dict.fromkeys(numbers) if each in self._known]
        self.nothing = self.nothing or NOTHING in numbers
        self.dropped += sum(each not in self._known and each != NOTHING for each in numbers)
        self.cited += [each for each in known if each not in self.cited]
        return found[1] + "".join(f"[{each}]" for each in known) if known else ""


def cited_in(text: str) -> list[int]:
    """The numbers a text cites."""
    return [int(number) for found in _MARKER.finditer(text) for number in _NUMBER.findall(found[1])]


def without_markers(text: str) -> str:
    return _WITH_SPACE.sub("", text)
