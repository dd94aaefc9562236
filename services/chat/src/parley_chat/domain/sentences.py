"""Where sentences begin and end in a text."""

from __future__ import annotations

from dataclasses import dataclass

from sentencex import get_sentence_boundaries

LONGEST = 600


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def sentences(text: str, *, longest: int = LONGEST) -> list[Span]:
    """The sentences of a text in order, without white space around them; longer ones are cut between words."""
    found = get_sentence_boundaries("en", text)
    spans = [_stripped(text, each["start_index"], each["end_index"]) for each in found]
    return [piece for span in spans if span.start < span.end for piece in _cut(text, span, longest)]


def _stripped(text: str, start: int, end: int) -> Span:
    sentence = text[start:end]
    left = len(sentence) - len(sentence.lstrip())
    return Span(start + left, start + max(left, len(sentence.rstrip())))


def _cut(text: str, span: Span, longest: int) -> list[Span]:
    pieces, start = [], span.start
    while span.end - start > longest:
        space = text.rfind(" ", start + longest // 2, start + longest)
        end = space if space > 0 else start + longest
        pieces.append(Span(start, end))
        start = end + (text[end] == " ")
    return [*pieces, Span(start, span.end)]
