"""Where a table begins in a grid of cells, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

NAME_LIMIT = 200
PREAMBLE = 20

# Digits with the signs around numbers, dates, amounts: no name of a column, unless it is a year.
_DATA = re.compile(r"(?=.*\d)[\d\s.,:;/+\-%$€£¥()'’eETZ]+")
_YEAR = re.compile(r"(19|20)\d\d")
_WORDS = {"true", "false", "yes", "no", "na", "n/a", "null", "nan"}

Row = Sequence[str]


@dataclass(frozen=True)
class Layout:
    """How many rows stand above the table, and whether its first row holds names; `width` is the usual one."""

    above: int
    header: bool
    width: int


def find_layout(rows: Sequence[Row]) -> Layout:
    """Judge by the first rows of a grid; `rows` is not empty."""
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    above = _preamble(rows, width)
    header = _is_header(rows[above], rows[above + 1 :])
    return Layout(above, header, width)


def _preamble(rows: Sequence[Row], width: int) -> int:
    """A title or a remark fills less than half of what the rows below it fill."""
    usual = Counter(_filled(row) for row in rows[len(rows) // 2 :]).most_common(1)[0][0]
    if width < 2 or usual < 2:
        return 0
    for index, row in enumerate(rows[:PREAMBLE]):
        if _filled(row) >= 2 and 2 * _filled(row) >= usual:
            return index
    return 0


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _is_header(first: Row, below: Sequence[Row]) -> bool:
    names = [cell.strip() for cell in first if cell.strip()]
    if not names or any(name.lower() in _WORDS for name in names):
        return False
    columns = [[row[i].strip() for row in below if i < len(row) and row[i].strip()] for i in range(len(first))]
    data_like = [i for i, cell in enumerate(first) if _DATA.fullmatch(cell.strip())]
    if data_like:
        return len(data_like) < len(names) and all(_is_year_over_figures(first[i], columns[i]) for i in data_like)
    if any(_mostly_data(column) for column in columns):
        return True
    return not any(cell.strip() in column for cell, column in zip(first, columns, strict=True) if cell.strip())


def _is_year_over_figures(cell: str, column: Sequence[str]) -> bool:
    return bool(_YEAR.fullmatch(cell.strip())) and not all(_YEAR.fullmatch(value) for value in column)


def _mostly_data(column: Sequence[str]) -> bool:
    return 2 * sum(1 for value in column if _DATA.fullmatch(value)) > len(column)


@dataclass(frozen=True)
class Names:
    """Names that are there, short enough and differ, and what was done to make them so."""

    names: list[str]
    notes: list[str]


def make_names(raw: Sequence[str]) -> Names:
    """Keep the names as they are as far as possible; case does not tell columns apart."""
    taken: set[str] = set()
    names: list[str] = []
    done: Counter[str] = Counter()
    for number, name in enumerate(raw, start=1):
        clean = name.replace("\0", "").strip()
        short = clean[:NAME_LIMIT] or f"column_{number}"
        final = _free(short, taken)
        done.update(empty=not clean, long=len(clean) > NAME_LIMIT, repeated=final != short)
        taken.add(final.lower())
        names.append(final)
    return Names(names, _said(done))


def _free(name: str, taken: set[str]) -> str:
    final, number = name, 2
    while final.lower() in taken:
        final, number = f"{name}_{number}", number + 1
    return final


def _said(done: Counter[str]) -> list[str]:
    said = {
        "empty": "Columns without a name, named after their position (such as column_3): {}.",
        "long": f"Column names cut to {NAME_LIMIT} characters: {{}}.",
        "repeated": "Column names that occur more than once, numbered: {}.",
    }
    return [text.format(done[what]) for what, text in said.items() if done[what]]


def numbered(count: int) -> list[str]:
    """Names for columns that have none."""
    return [f"column_{number}" for number in range(1, count + 1)]
