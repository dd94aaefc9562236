"""The older part of a conversation in few words: what a model made of it, or an extract of what was said."""

from __future__ import annotations

from collections.abc import Sequence

from parley_chat.domain.citations import without_markers
from parley_chat.domain.passages import Turn, messages_of
from parley_chat.domain.tokens import estimate, fitted
from parley_chat.domain.window import gist


def extract(before: str, turns: Sequence[Turn], tokens: int) -> str:
    """The beginning of each message in a line of its own, behind `before`; where that is too long the oldest go."""
    lines = [*before.splitlines(), *(gist(message) for message in messages_of(turns))]
    while lines and estimate("\n".join(lines)) > tokens:
        lines.pop(0)
    return "\n".join(lines)


def held(text: str, tokens: int) -> str:
    """What a model wrote, within so many tokens and without markers, which would seem to name passages of today."""
    return fitted(without_markers(text).strip(), estimate, tokens)


def shortened(turns: Sequence[Turn], tokens: int) -> list[Turn]:
    """The same turns with messages so short that all of them together have at most so many tokens."""
    each = tokens // max(1, 2 * len(turns))
    return [
        turn.model_copy(
            update={
                "question": fitted(turn.question, estimate, each),
                "answer": fitted(without_markers(turn.answer), estimate, each),
            }
        )
        for turn in turns
    ]
