"""An answer without a model: the sentences that say most of what was asked, or that none does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parley_chat.domain.passages import Numbered, Passage
from parley_chat.domain.sentences import Span, sentences
from parley_chat.domain.terms import Weighed, words

NOT_FOUND = "I found nothing about this in your documents."
QUOTED = "Quoted from your documents:"
# How many sentences are looked at closely, and how many of them are quoted at most.
LOOKED_AT = 24
QUOTED_AT_MOST = 6
CHARACTERS = 1_400
# A quotation has at least this much of the best one's score.
NEAR_THE_BEST = 0.7
# What somebody asked for before is no answer.
_REQUEST = re.compile(
    r"\W*(?:please\W+)?(?:tell|show|list|give|explain|describe|find|summari[sz]e|compare|help|write|name|define|translate"
    r"|what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should)\b",
    re.IGNORECASE,
)
# Measured by `python -m bench.retrieval answers`: between what texts answer and what they do not.
ENOUGH = 1.0


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
        rank = 1 / (1 + self.numbered.n)
        return 0.5 * self.similarity + 0.2 * self.covered + 0.2 * self.around + 0.2 * rank


def quotable(passage: Passage) -> list[Span]:
    """The sentences that may be quoted: statements of a document, and of a turn what its user stated, not asked for."""
    text = passage.text[: passage.quotable]
    spans = [span for span in sentences(text) if not span.of(text).rstrip("”\"') ").endswith("?")]
    if passage.kind == "document":
        return spans
    return [span for span in spans if not _REQUEST.match(span.of(text))]


def shortlist(passages: Sequence[Numbered], weighed: Weighed) -> list[Candidate]:
    """The sentences worth a closer look: those with most of the question's weight, in the better passages first."""
    found = [each for numbered in passages for each in _candidates(numbered, weighed)]
    order = sorted(found, key=lambda each: (-(each.covered + each.around / 2), each.numbered.n, each.span.start))
    return order[:LOOKED_AT]


def judged(candidates: Sequence[Candidate], similarities: Sequence[float]) -> list[Candidate]:
    """The same with how close each is in meaning, best first."""
    known = [replace(each, similarity=similarity) for each, similarity in zip(candidates, similarities, strict=True)]
    return sorted(known, key=lambda each: (-each.score, each.numbered.n, each.span.start))


def is_found(ranked: Sequence[Candidate], absent: float) -> bool:
    """Whether the best sentences are about what was asked, and not only near it.

    They are close in meaning, as sentences and as passages, and say what was asked; words of the question that are
    nowhere tell against it.
    """
    if not ranked:
        return False
    sentence = max(each.similarity for each in ranked)
    passage = max(each.numbered.passage.similarity or 0.0 for each in ranked)
    covered = max(each.around for each in ranked)
    return sentence + passage + (covered - absent) / 2 >= ENOUGH


def chosen(ranked: Sequence[Candidate]) -> list[Candidate]:
    """What to quote: the best sentences, neighbours as one quotation, in the order of their passages."""
    kept: list[Candidate] = []
    size = 0
    for each in ranked[:QUOTED_AT_MOST]:
        size += each.span.end - each.span.start
        if kept and (size > CHARACTERS or each.score < NEAR_THE_BEST * ranked[0].score):
            break
        kept.append(each)
    return _joined(sorted(kept, key=lambda each: (each.numbered.n, each.span.start)))


def _candidates(numbered: Numbered, weighed: Weighed) -> list[Candidate]:
    text, title, spans = numbered.passage.text, numbered.passage.title, quotable(numbered.passage)
    about = text if numbered.passage.kind == "document" else " ".join(span.of(text) for span in spans)
    around = weighed.coverage([*words(about), *words(title), *words(numbered.passage.heading)])
    return [Candidate(numbered, span, weighed.coverage(words(span.of(text))), around) for span in spans]


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
