"""Tables as text: each row a line that names its columns, so that it can be understood alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.normal import one_line


def write_rows(rows: Iterable[Sequence[str]], draft: Draft) -> None:
    """Rows with anything in them, under the names in the first one if it looks like a header."""
    filled = (row for row in _clean(rows) if any(row))
    first = list(islice(filled, 2))
    names = first.pop(0) if len(first) == 2 and _is_header(first[0]) else []
    for row in chain(first, filled):
        draft.line(_line(names, row))


def _clean(rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for row in rows:
        yield [one_line(cell) for cell in row]


def _is_header(row: Sequence[str]) -> bool:
    """Names are words, all different, and nearly every column has one."""
    names = [cell for cell in row if cell]
    words = [cell for cell in names if not _is_number(cell)]
    return len(names) >= max(1, len(row) - 1) and len(set(words)) == len(row) - row.count("")


def _is_number(cell: str) -> bool:
    return not any(map(str.isalpha, cell))


def _line(names: Sequence[str], row: Sequence[str]) -> str:
    if not names:
        return " | ".join(filter(None, row))
    named = [*names, *[""] * (len(row) - len(names))]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(named, row, strict=False) if cell)
