"""Takes out the `<think>…</think>` block that reasoning models write before their answer."""

from __future__ import annotations

_OPEN = "<think>"
_CLOSE = "</think>"


class Thinking:
    """Fed an answer in pieces of any size, returns what is answer; leading white space goes with the block."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._answering = False
        self._thought = False

    def feed(self, piece: str) -> str:
        """The part of the answer that `piece` makes certain."""
        if self._answering:
            return piece
        self._held += piece
        if self._inside:
            self._leave()
        if not self._inside:
            self._held = self._held.lstrip()
            if self._may_think():
                return self._enter()
        return "" if self._inside else self._answer()

    def rest(self) -> str:
        """What was still held back when the answer ended; a block that was never closed is dropped."""
        return "" if self._inside else self._answer()

    def _may_think(self) -> bool:
        return not self._thought and (_OPEN.startswith(self._held) or self._held.startswith(_OPEN))

    def _enter(self) -> str:
        if not self._held.startswith(_OPEN):
            return ""
        self._inside = self._thought = True
        return self.feed("")

    def _leave(self) -> None:
        _, closed, after = self._held.partition(_CLOSE)
        if closed:
            self._inside, self._held = False, after
        else:
            self._held = self._held[-len(_CLOSE) :]

    def _answer(self) -> str:
        text, self._held = self._held, ""
        self._answering = self._answering or bool(text)
        return text


def without_thinking(text: str) -> str:
    """The answer alone."""
    thinking = Thinking()
    return thinking.feed(text) + thinking.rest()
