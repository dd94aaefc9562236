"""A turn as it can be found later: in pieces that an embedder takes whole, each with the question it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley_chat.domain.citations import without_markers
from parley_chat.domain.passages import Turn
from parley_chat.domain.sentences import sentences
from parley_chat.domain.tokens import Count, fitted

# What an embedder adds at both ends of a text.
SPECIAL = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """The question and a part of its answer; the first `quotable` characters are what the user said."""

    text: str
    quotable: int


def pieces(turn: Turn, count: Count, *, window: int) -> list[Piece]:
    """The whole turn in as few pieces as the window allows; a long question keeps its beginning in each."""
    room = window - SPECIAL
    question = fitted(turn.question, count, room // 2)
    answer, parts = without_markers(turn.answer), [""]
    for span in sentences(answer, longest=200):
        for part in _cut(span.of(answer), count, room - count(question)):
            longer = f"{parts[-1]} {part}".strip()
            if count(f"{question}\n{longer}") <= room:
                parts[-1] = longer
            else:
                parts.append(part)
    texts = [f"{question}\n{part}".strip() for part in parts]
    return [Piece(text, len(question)) for text in texts]


def _cut(text: str, count: Count, tokens: int) -> Iterator[str]:
    """All of a text, in parts that have at most so many tokens."""
    while kept := fitted(text, count, tokens):
        yield kept
        text = text[len(kept) :].lstrip()
