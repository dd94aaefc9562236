"""What a client has been told of an answer while it was written, and what it still lacks when the answer is whole."""

from __future__ import annotations

from parley_common.contracts.events import Delta


class Transcript:
    """Turns deltas into text to append. `restarted` means that what was told does not begin the answer any more."""

    def __init__(self) -> None:
        self.text = ""
        self.restarted = False
        self._message: str | None = None

    def add(self, delta: Delta) -> str:
        """What is new; a message that begins anew, or one with a hole, is left to `rest`."""
        self._message = self._message or delta.message_id
        if delta.message_id != self._message or delta.offset > len(self.text):
            return ""
        news = delta.delta[len(self.text) - delta.offset :]
        self.text += news
        return news

    def rest(self, answer: str) -> str:
        """What is missing of the whole answer; all of it if something else was told before."""
        self.restarted = not answer.startswith(self.text)
        news = answer if self.restarted else answer[len(self.text) :]
        self.text = answer
        return news
