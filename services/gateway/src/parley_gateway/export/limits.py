"""How much of a large result a file shows; what is left out is said where it is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Of a table rows, columns and cells, of a chart points, and characters of a cell, a name, a query and a text.

    A page of paper holds less, and breaking lines is slow: `page_rows`, `page_columns` and `page_cell` are for PDF.
    The JSON has everything, and the notebook checks every row.
    """

    rows: int = 2_000
    columns: int = 100
    cells: int = 20_000
    points: int = 1_000
    page_rows: int = 200
    page_columns: int = 10
    page_cell: int = 80
    cell: int = 300
    name: int = 120
    sql: int = 20_000
    text: int = 50_000
