"""A document as passages small enough for an embedder: cut where its structure allows, and nothing lost."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from parley_ingest.domain.document import Canonical, Section
from parley_ingest.domain.measuring import Measure
from parley_ingest.domain.prefixes import Prefixes

# What an embedder puts around a text, in tokens.
SPECIAL = 2

Span = tuple[int, int]


@dataclass(frozen=True)
class Chunk:
    """`canonical.text[start:end] == text`; `embedded` is the text after the title and the path of headings."""

    ordinal: int
    start: int
    end: int
    text: str
    heading: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    embedded: str


def chunked(canonical: Canonical, count: Callable[[str], int], *, tokens: int, window: int) -> list[Chunk]:
    """Cut into passages of at most `tokens`, which with their prefix and the embedder's own fit its `window`.

    `count` is the embedder's: tokens of a text without special ones, and nothing cut off. No passage crosses a
    top-level heading; together they hold all of the text but white space, each character once. Raises `ValueError`
    where that cannot be done: for a single character that takes more tokens than there are.
    """
    if not 0 < tokens <= window - SPECIAL:
        raise ValueError(f"passages of {tokens} tokens do not fit a window of {window}")
    measure = Measure(count, tokens)
    prefixes = Prefixes(canonical.title, count, room=window - SPECIAL - tokens)
    outline = _Outline(canonical.sections)
    spans = (span for pack in _packs(canonical, measure) for span in measure.cut(canonical.text, *pack))
    chunks = []
    for ordinal, (start, end) in enumerate(spans):
        text, covered = canonical.text[start:end], outline.covered(start, end)
        heading, pages = _shared(covered), [section.page for section in covered if section.page is not None]
        embedded = prefixes.of(heading) + text
        if count(embedded) + SPECIAL > window:
            raise ValueError(f"a passage of {len(text)} characters takes more than {window} tokens")
        page_from, page_to = (pages[0], pages[-1]) if pages else (None, None)
        chunks.append(Chunk(ordinal, start, end, text, heading, page_from, page_to, embedded))
    return chunks


def _packs(canonical: Canonical, measure: Measure) -> Iterator[Span]:
    """Spans to be cut on their own: small neighbours under one top-level heading share one, to spare embeddings."""
    start, end, top = 0, 0, None
    for (begin, stop), heading in _runs(canonical):
        if end > start and (heading[:1] != top or not measure.fits(canonical.text[start:stop])):
            yield start, end
            start = begin
        end, top = stop, heading[:1]
    if end > start:
        yield start, end


def _runs(canonical: Canonical) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """What stands under one path of headings, page breaks or not."""
    groups = [(path, next(run).start) for path, run in groupby(canonical.sections, key=lambda section: section.heading)]
    starts = [0, *(start for _, start in groups[1:]), len(canonical.text)]
    for (path, _), span in zip(groups or [((), 0)], pairwise(starts), strict=True):
        yield span, path


class _Outline:
    def __init__(self, sections: list[Section]) -> None:
        self._sections = sections
        self._starts = [section.start for section in sections]

    def covered(self, start: int, end: int) -> list[Section]:
        return self._sections[max(0, bisect_right(self._starts, start) - 1) : bisect_left(self._starts, end)]


def _shared(sections: list[Section]) -> tuple[str, ...]:
    paths = [section.heading for section in sections]
    levels = zip(*paths, strict=False)
    return tuple(level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels))
