"""How the cells of a delimited text are told apart."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

# Commas stand in numbers and sentences, the others hardly do: of equally good delimiters the first wins.
DELIMITERS = "\t;|,"
FIELD_LIMIT = 2**24
ENOUGH = 0.5
NO_DELIMITER = "\x1f"


@dataclass(frozen=True)
class Dialect:
    """`escape` is set for texts that write a quotation mark in quotes as \\\" and not doubled."""

    delimiter: str
    escape: str | None = None
    quoted: bool = True

    def reader_options(self) -> dict[str, Any]:
        """The keyword arguments of `csv.reader`."""
        if not self.quoted:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "escapechar": self.escape, "doublequote": self.escape is None}


def find_dialect(sample: str) -> Dialect:
    """The delimiter that gives most lines the same number of cells, more than one; none does in a list of texts."""
    candidates = [Dialect(delimiter) for delimiter in DELIMITERS]
    best = max(candidates, key=lambda dialect: _consistency(sample, dialect))
    if _consistency(sample, best) < ENOUGH:
        return Dialect(NO_DELIMITER)
    escaped = Dialect(best.delimiter, escape="\\")
    if '\\"' in sample and _consistency(sample, escaped) > _consistency(sample, best):
        return escaped
    return best


def _consistency(sample: str, dialect: Dialect) -> float:
    """The share of lines with the commonest number of cells, in steps of 0.05; 0 where that is one cell."""
    csv.field_size_limit(FIELD_LIMIT)
    rows = csv.reader(io.StringIO(sample, newline=""), **dialect.reader_options())
    widths = [len(row) for row in rows if row]
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0
    share = wide.most_common(1)[0][1] / len(widths)
    return round(share * 20) / 20
