"""An answer without a model: the sentences that say most of what was asked, or that none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parley_chat.domain.passages import Numbered
from parley_chat.domain.sentences import Span, sentences
from parley_chat.domain.terms import coverage, words

NOT_FOUND = "I found nothing about this in your documents."
QUOTED = "Quoted from your documents:"
# How many sentences are looked at closely, and how many of them are quoted at most.
LOOKED_AT = 48
QUOTED_AT_MOST = 4
CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence: how much of the question's weight is in it and around it, and how close it is in meaning."""

    numbered: Numbered
    span: Span
    covered: float
    around: float
    similarity: float = 0.0

    @property
    def text(self) -> str:
        return self.span.of(self.numbered.passage.text)

    @property
    def score(self) -> float:
        return 0.5 * self.similarity + 0.35 * self.covered + 0.15 * self.around


def shortlist(passages: Sequence[Numbered], weighed: Mapping[str, float]) -> list[Candidate]:
    """The sentences worth a closer look: those with most of the question's weight, in the better passages first."""
    found = [each for numbered in passages for each in _candidates(numbered, weighed)]
    order = sorted(found, key=lambda each: (-(each.covered + each.around / 2), each.numbered.n, each.span.start))
    return order[:LOOKED_AT]


def judged(candidates: Sequence[Candidate], similarities: Sequence[float]) -> list[Candidate]:
    """The same with how close each is in meaning, best first."""
    known = [replace(each, similarity=similarity) for each, similarity in zip(candidates, similarities, strict=True)]
    return sorted(known, key=lambda each: (-each.score, each.numbered.n, each.span.start))


def is_found(ranked: Sequence[Candidate]) -> bool:
    """Whether the best sentences are about what was asked, and not only near it."""
    if not ranked:
        return False
    similarity = max(each.similarity for each in ranked)
    covered = max(each.around for each in ranked)
    return similarity + covered >= 0.9


def chosen(ranked: Sequence[Candidate]) -> list[Candidate]:
    """What to quote: the best sentences, neighbours as one quotation, in the order of their passages."""
    kept: list[Candidate] = []
    size = 0
    for each in ranked[:QUOTED_AT_MOST]:
        size += each.span.end - each.span.start
        if kept and (size > CHARACTERS or each.score < 0.6 * ranked[0].score):
            break
        kept.append(each)
    return _joined(sorted(kept, key=lambda each: (each.numbered.n, each.span.start)))


def _candidates(numbered: Numbered, weighed: Mapping[str, float]) -> list[Candidate]:
    text, passage = numbered.passage.text, numbered.passage
    around = coverage([*words(text), *words(passage.title)], weighed)
    end = len(text) if passage.quotable is None else passage.quotable
    return [
        Candidate(numbered, span, coverage(words(span.of(text)), weighed), around)
        for span in sentences(text[:end])
        if passage.kind == "document" or _states(span.of(text))
    ]


def _states(sentence: str) -> bool:
    """What somebody asked before is no answer."""
    return not sentence.rstrip().endswith("?")


def _joined(kept: Sequence[Candidate]) -> list[Candidate]:
    joined: list[Candidate] = []
    for each in kept:
        before = joined[-1] if joined else None
        if before and before.numbered.n == each.numbered.n and _touch(before, each):
            joined[-1] = replace(before, span=Span(before.span.start, each.span.end))
        else:
            joined.append(each)
    return joined


def _touch(before: Candidate, after: Candidate) -> bool:
    return not before.numbered.passage.text[before.span.end : after.span.start].strip()
