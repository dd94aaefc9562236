"""How much of a large result a file shows; what is left out is said where it is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Rows and columns of a table, characters of a cell, a column's name, a query and a text; the JSON has it all.

    A page of paper holds less: `page_rows` and `page_columns` are for PDF. The notebook checks every row.
    """

    rows: int = 2_000
    columns: int = 100
    page_rows: int = 200
    page_columns: int = 10
    cell: int = 300
    name: int = 120
    sql: int = 20_000
    text: int = 50_000
