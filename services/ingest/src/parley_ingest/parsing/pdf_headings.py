"""What a PDF calls its parts: by its outline, or, without one, by lines that are printed larger than the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from ctypes import byref
from dataclasses import dataclass
from itertools import pairwise

from pypdfium2 import PdfBookmark, PdfDocument, PdfTextPage
from pypdfium2.raw import FS_MATRIX, FPDFText_GetCharIndexFromTextIndex, FPDFText_GetFontSize, FPDFText_GetMatrix

from parley_ingest.parsing.normal import one_line

DEPTH = 8
ITEMS = 20_000
# Headings are larger than the running text, but not posters; smaller ones than these sizes tell nothing apart.
LARGER = 1.08, 8.0
LEVELS = 4
LONGEST = 120
# A document with a larger share of large lines has no running text to tell them from.
SHARE = 0.2
# What stands on so many pages, or on this share of them, is printed on top of each.
RUNNING = 3, 0.1
# How far behind the line before a line is looked for: what PDFium gives twice differs by spaces.
AHEAD = 2_000
# The dots that lead to a page number in a table of contents, and what goes on behind the line.
_NO_HEADING = re.compile(r"(?:\. ?){4}|…|[,;]$")


@dataclass(frozen=True)
class Entry:
    """A heading, how deep it is, and the page it is on, counted from 0; `line` is its place there, if that is known."""

    name: str
    level: int
    page: int
    line: int | None = None


def outline_of(document: PdfDocument) -> list[Entry]:
    """What the document itself lists as its parts."""
    entries = []
    for item in document.get_toc(max_depth=DEPTH):
        if entry := _entry(item):
            entries.append(entry)
        if len(entries) == ITEMS:
            break
    return entries


def sizes_of(text: PdfTextPage, lines: Sequence[str]) -> list[float]:
    """How large the first letter of each line is printed, in points; 0 where that cannot be told."""
    whole, at = text.get_text_range(), 0
    sizes = []
    for line in lines:
        found = whole.find(line, at, at + len(line) + AHEAD) if line else -1
        sizes.append(_size(text, found) if found >= 0 else 0.0)
        at = found + len(line) if found >= 0 else at
    return sizes


def headings_of(pages: Sequence[Sequence[str]], sizes: Sequence[Sequence[float]]) -> list[Entry]:
    """The lines that are headings by their size; none if too many would be. The largest are of level 1."""
    printed = [_Line(page, at, text, size) for page, at, text, size in _lines(pages, sizes)]
    body = _most_common(printed)
    running = _running(printed, len(pages))
    large = [each for each in printed if each.is_larger_than(body) and each.text not in running]
    if not body or len(large) > max(SHARE * len(printed), 1):
        return []
    ranks = {size: level for level, size in enumerate(sorted({each.size for each in large}, reverse=True), start=1)}
    begun = [each for before, each in pairwise([None, *large]) if not (before and each and each.goes_on(before))]
    return [Entry(one_line(each.text), min(ranks[each.size], LEVELS), each.page, each.at) for each in begun if each][
        :ITEMS
    ]


@dataclass(frozen=True)
class _Line:
    page: int
    at: int
    text: str
    size: float

    def is_larger_than(self, body: float) -> bool:
        fits = LARGER[0] * body <= self.size <= LARGER[1] * body and len(self.text) <= LONGEST
        return fits and sum(map(str.isalpha, self.text)) > 1 and not _NO_HEADING.search(self.text)

    def goes_on(self, before: _Line) -> bool:
        """Whether it is another line of the same heading."""
        return (before.page, before.at + 1, before.size) == (self.page, self.at, self.size)


def _lines(pages: Sequence[Sequence[str]], sizes: Sequence[Sequence[float]]) -> Iterator[tuple[int, int, str, float]]:
    for page, (lines, known) in enumerate(zip(pages, sizes, strict=True)):
        for at, (text, size) in enumerate(zip(lines, known, strict=False)):
            if size:
                yield page, at, text, size


def _most_common(printed: Sequence[_Line]) -> float:
    """The size that most letters have; 0 if there are none."""
    letters: Counter[float] = Counter()
    for each in printed:
        letters[each.size] += len(each.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _running(printed: Sequence[_Line], pages: int) -> set[str]:
    on: Counter[str] = Counter(text for _, text in {(each.page, each.text) for each in printed})
    return {text for text, often in on.items() if often > max(RUNNING[0], RUNNING[1] * pages)}


def _size(text: PdfTextPage, at: int) -> float:
    """As printed, to half a point: what the font is set to, as far as the matrix stretches it."""
    character, matrix = FPDFText_GetCharIndexFromTextIndex(text, at), FS_MATRIX()
    if character < 0 or not FPDFText_GetMatrix(text, character, byref(matrix)):
        return 0.0
    stretched = (matrix.c**2 + matrix.d**2) ** 0.5
    return float(round(FPDFText_GetFontSize(text, character) * stretched * 2) / 2)


def _entry(item: PdfBookmark) -> Entry | None:
    """None for one without a name, or that leads elsewhere than to a page."""
    try:
        name, destination = one_line(item.get_title()), item.get_dest()
    except UnicodeDecodeError:
        return None
    page = destination.get_index() if destination else None
    return Entry(name, item.level + 1, page) if name and page is not None else None
