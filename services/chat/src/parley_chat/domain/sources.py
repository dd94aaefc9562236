"""From a number in an answer to what it stands for: a quotation that is in its source, character for character."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parley_chat.domain.citations import LEADING, cited_in, without_markers
from parley_chat.domain.passages import Numbered
from parley_chat.domain.sentences import Span, sentences
from parley_chat.domain.terms import terms, weigh, words
from parley_common.contracts.chat import ChatSource

TURN = "earlier in your conversations"
_LINE = re.compile(r"\S[^\n]*")


def source(numbered: Numbered, span: Span) -> ChatSource:
    """What `[n]` stands for. The quotation is cut out of the passage, so it cannot say anything else."""
    n, passage = numbered.n, numbered.passage
    of_document = passage.kind == "document"
    return ChatSource(
        n=n,
        type=passage.kind,
        document_id=passage.source if of_document else None,
        conversation_id=None if of_document else passage.source,
        version=passage.version if of_document else None,
        filename=passage.title if of_document else TURN,
        page=passage.page,
        start=passage.start + span.start if of_document else None,
        end=passage.start + span.end if of_document else None,
        quote=span.of(passage.text),
        score=round(passage.score, 6),
    )


def sources(answer: str, cited: Sequence[int], passages: Sequence[Numbered]) -> list[ChatSource]:
    """A source for each number, quoting the sentence of its passage that has most of what the answer says there."""
    by_number = {each.n: each for each in passages}
    said = {n: [without_markers(each) for each in cited_sentences(answer) if n in cited_in(each)] for n in cited}
    return [source(by_number[n], _closest(by_number[n].passage.text, " ".join(said[n]))) for n in cited]


def cited_sentences(answer: str) -> list[str]:
    """The sentences of an answer, each with the markers that stand in it or right behind it."""
    return [span.of(answer) for span in statements(answer)]


def statements(answer: str) -> list[Span]:
    """Where they stand; what is a line of its own is a sentence of its own."""
    found: list[Span] = []
    for span in _by_line(answer):
        leading = LEADING.match(answer, span.start, span.end)
        if found and leading:
            found[-1], span = Span(found[-1].start, leading.end()), Span(leading.end(), span.end)
        text = span.of(answer)
        span = Span(span.end - len(text.lstrip()), span.end)
        if any(map(str.isalpha, without_markers(text))):
            found.append(span)
    return found


def bare(answer: str, nothings: Sequence[int] = ()) -> list[Span]:
    """The sentences that say something and name no source; `nothings` are places where one says what was not found."""
    return [each for each in statements(answer) if not _needs_none(each, answer, nothings)]


def _needs_none(span: Span, answer: str, nothings: Sequence[int]) -> bool:
    text = span.of(answer)
    # Questions claim nothing, and what ends in a colon is said by what follows.
    return bool(cited_in(text)) or text.rstrip()[-1] in "?:" or any(span.start < at <= span.end for at in nothings)


def _by_line(text: str) -> Iterator[Span]:
    """Each line by itself, so that where a sentence ends does not depend on lines that may be taken out."""
    for line in _LINE.finditer(text):
        for span in sentences(line[0]):
            yield Span(line.start() + span.start, line.start() + span.end)


def _closest(text: str, said: str) -> Span:
    spans = sentences(text) or [Span(0, len(text))]
    wanted = weigh(terms(said), [span.of(text) for span in spans])
    return max(spans, key=lambda span: wanted.coverage(words(span.of(text))))
