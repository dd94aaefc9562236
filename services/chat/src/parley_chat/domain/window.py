"""The conversation as a model sees it: the newest messages whole, older ones summed up, within their share."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from parley_chat.domain.tokens import estimate, fitted
from parley_common.contracts.chat import ChatMessage
from parley_common.contracts.model import Contract

# Role and quotes around a message.
WRAPPING = 8
GIST = 160


class Window(Contract):
    """What a question is read against; `tokens` is all of it.

    `summary` is how the conversation began, `earlier` are gists of what came then and is not shown whole, oldest first.
    """

    summary: str = ""
    messages: list[ChatMessage] = Field(default_factory=list)
    earlier: list[str] = Field(default_factory=list)
    tokens: int = 0

    @property
    def empty(self) -> bool:
        return not self.messages and not self.earlier and not self.summary


def window(messages: Sequence[ChatMessage], *, most: int, tokens: int, summary: str = "") -> Window:
    """The last `most` messages that fit into `tokens`, and gists of the ones before as far as there is room.

    At most a third of the tokens goes to the summary.
    """
    begun = fitted(summary.strip(), estimate, share) if (share := tokens // 3 - WRAPPING) > 0 else ""
    left, whole = tokens - (estimate(begun) + WRAPPING if begun else 0), 0
    for message in reversed(messages[-most:] if most else []):
        if (cost := _cost(message)) > left:
            break
        left, whole = left - cost, whole + 1
    split = len(messages) - whole
    gists: list[str] = []
    for message in reversed(messages[:split]):
        text = gist(message)
        if (cost := estimate(text) + WRAPPING) > left or len(gists) == most:
            break
        gists.insert(0, text)
        left -= cost
    return Window(summary=begun, messages=list(messages[split:]), earlier=gists, tokens=tokens - left)


def gist(message: ChatMessage) -> str:
    """The beginning of what was said, in one line."""
    flat = " ".join(message.content.split())
    cut = flat if len(flat) <= GIST else flat[:GIST].rsplit(" ", 1)[0] + " …"
    return f"{message.role}: {cut}"


def budget(context: int, *, output: int, system: int, question: str, window_share: float) -> tuple[int, int]:
    """What is left for the window and, at the least, for passages, once output, instructions and question are in."""
    left = max(0, context - output - system - estimate(question))
    return int(left * window_share), left - int(left * window_share)


def _cost(message: ChatMessage) -> int:
    return estimate(message.content) + WRAPPING
