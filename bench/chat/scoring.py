"""Whether an answer contains what a question's author marked as the answer; white space does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.retrieval.questions import Question, Span


@dataclass(frozen=True)
class Score:
    """`whole`: some marked passage is in the answer to its end; `share`: of all marked characters, those that are."""

    touched: bool
    whole: bool
    share: float


def score(question: Question, text: str, quotes: Sequence[str]) -> Score:
    """How much of the question's marked passages of `text` these quotations of it hold."""
    squeezed, found = _squeezed(text), [_squeezed(quote) for quote in quotes]
    quoted = [(at, at + len(quote)) for quote in found if (at := squeezed.find(quote)) >= 0]
    marked = [_squeezed_span(text, span) for span in question.gold]
    shares = [(_overlap(span, quoted), span[1] - span[0]) for span in marked]
    held, whole = sum(share for share, _ in shares), sum(size for _, size in shares)
    return Score(held > 0, any(share == size for share, size in shares), held / whole)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _squeezed_span(text: str, span: Span) -> Span:
    start = len(_squeezed(text[: span[0]]))
    return start, start + len(_squeezed(text[span[0] : span[1]]))


def _overlap(span: Span, others: Sequence[Span]) -> int:
    return len({at for start, end in others for at in range(max(start, span[0]), min(end, span[1]))})
