"""CSV and its relatives: each row a line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

from parley_ingest.parsing.decoding import decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged
from parley_ingest.parsing.rows import write_rows

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 20


def read(file: BinaryIO, draft: Draft) -> None:
    text = decoded(file.read(), draft).replace("\0", "")
    csv.field_size_limit(max(len(text), 1))
    try:
        write_rows(csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)), draft)
    except csv.Error:
        raise damaged("table") from None


def _delimiter(text: str) -> str:
    """The one that cuts most of the first lines into the same number of cells, and into more than one."""
    lines = [line for line in text[:65_536].splitlines() if line.strip()][:SAMPLE_ROWS]
    return max(DELIMITERS, key=lambda delimiter: _evenness(csv.reader(lines, delimiter=delimiter)))


def _evenness(rows: Iterable[list[str]]) -> tuple[int, int]:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, often = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
    return often, width
