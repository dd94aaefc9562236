"""The lines of a printed page put together again: where a line is full, its paragraph goes on."""

from __future__ import annotations

import re

# What PDFium writes for a hyphen at the end of a line together with that end; a soft hyphen, as it should be.
_BROKEN_WORD = re.compile("[\x02\ufffe](?:\r?\n)?")
_HYPHEN = "\u00ad"
FULL = 0.75
# Shorter lines than these belong to no running text.
RUNNING = 40


def paragraphs(page: str) -> list[str]:
    """Paragraphs, and lines that stand alone: a table's rows, items, headings."""
    lines = [line.strip() for line in _BROKEN_WORD.sub(f"{_HYPHEN}\n", page).splitlines()]
    full = FULL * _usual(lines)
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


def _usual(lines: list[str]) -> int:
    """How long a full line is: nine of ten are no longer."""
    lengths = sorted(len(line) for line in lines if line)
    return max(lengths[len(lengths) * 9 // 10], RUNNING) if lengths else RUNNING
