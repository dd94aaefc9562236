"""Rows on their way into the table: written as text in one plain form, counted and held to the limits."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from parley_research.datasets.failures import UnreadableDataset, unreadable
from parley_research.datasets.limits import Limits

CELLS = Path("cells.csv")
LINE_END = "\r\n"


@dataclass
class Staged:
    """What was written: names of the columns, the number of rows, and what the owner should know."""

    format: str
    names: list[str]
    rows: int
    notes: list[str] = field(default_factory=list)


def write_cells(rows: Iterator[Sequence[str]]) -> None:
    """Write every row to `CELLS`; an empty cell is a missing value."""
    with CELLS.open("w", encoding="utf-8", errors="replace", newline="") as file:
        # With both characters in the line's end, csv quotes every cell that holds either.
        csv.writer(file, lineterminator=LINE_END).writerows(rows)


def check_columns(count: int, limits: Limits) -> None:
    if count > limits.columns:
        raise unreadable("too_many_columns", f"The table has {count} columns; {limits.columns} are allowed.")


def too_many(columns: int, limits: Limits) -> UnreadableDataset:
    """The error for a table with more rows than `limits.rows_of(columns)`."""
    if limits.rows <= limits.cells // max(columns, 1):
        return unreadable("too_many_rows", f"The table has more than {limits.rows} rows.")
    return unreadable("too_many_cells", f"The table has more than {limits.cells} cells.")


def check_cell(cell: str, row: int, limits: Limits) -> None:
    if len(cell) > limits.cell:
        raise too_long(row, limits)


def too_long(row: int, limits: Limits) -> UnreadableDataset:
    return unreadable("cell_too_long", f"A value near row {row} is longer than {limits.cell} characters.")


def no_rows() -> UnreadableDataset:
    return unreadable("no_rows", "The file names columns but has no rows.")
