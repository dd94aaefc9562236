"""The lines of a printed page put together again: where a line is full, its paragraph goes on."""

from __future__ import annotations

import re

# What PDFium writes for a hyphen at the end of a line together with that end; a soft hyphen, as it should be.
_BROKEN_WORD = re.compile("[\x02\ufffe](?:\r?\n)?")
_HYPHEN = "\u00ad"
FULL = 0.75
# Shorter lines than these belong to no running text.
RUNNING = 40


def lines_of(page: str) -> list[str]:
    """The lines of a page as they are printed; a soft hyphen ends those that break a word."""
    return [line.strip() for line in _BROKEN_WORD.sub(f"{_HYPHEN}\n", page).splitlines()]


def full_line(lines: list[str]) -> float:
    """How long a line of running text is at least: nine of ten are not much longer."""
    lengths = sorted(len(line) for line in lines if line)
    return FULL * max(lengths[len(lengths) * 9 // 10], RUNNING) if lengths else RUNNING


def paragraphs(lines: list[str], *, full: float) -> list[str]:
    """Paragraphs, and lines that stand alone: a table's rows, items, headings."""
    made: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            made[-1] = _joined(made[-1], line)
        elif line:
            made.append(line)
        goes_on = len(line) >= full or line.endswith(_HYPHEN)
    return made


def _joined(start: str, end: str) -> str:
    return start.removesuffix(_HYPHEN) + end if start.endswith(_HYPHEN) else f"{start} {end}"
