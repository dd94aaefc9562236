"""The measure: the share of a question's gold characters that lie in the passages returned for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.retrieval.questions import Question, Span


@dataclass(frozen=True)
class Passage:
    """Where a returned passage stands in which text, and how many tokens it takes from a prompt."""

    corpus: str
    span: Span
    tokens: int


def covered(question: Question, passages: Iterable[Passage]) -> float:
    """Between 0 and 1; characters in two references or two passages count once."""
    gold = _characters(question.gold)
    found = _characters(passage.span for passage in passages if passage.corpus == question.corpus)
    return len(gold & found) / len(gold)


def within(passages: Sequence[Passage], budget: int) -> list[Passage]:
    """The best passages that fit together into a number of tokens; the first that does not fit ends it."""
    taken: list[Passage] = []
    for passage in passages:
        budget -= passage.tokens
        if budget < 0:
            break
        taken.append(passage)
    return taken


def _characters(spans: Iterable[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}
