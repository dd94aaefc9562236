"""How much of a large result a file shows; what is left out is said where it is missing."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pydantic import Field

from parley_common.settings import Settings


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


class ExportSettings(Settings):
    """The same as settings, and how many files are made `at_once`, each in a thread of its own."""

    export_rows: int = Field(Limits.rows, alias="PARLEY_EXPORT_ROWS", ge=1, le=1_000_000)
    export_columns: int = Field(Limits.columns, alias="PARLEY_EXPORT_COLUMNS", ge=1, le=16_000)
    export_cells: int = Field(Limits.cells, alias="PARLEY_EXPORT_CELLS", ge=1)
    export_points: int = Field(Limits.points, alias="PARLEY_EXPORT_POINTS", ge=1)
    export_page_rows: int = Field(Limits.page_rows, alias="PARLEY_EXPORT_PAGE_ROWS", ge=1)
    export_page_columns: int = Field(Limits.page_columns, alias="PARLEY_EXPORT_PAGE_COLUMNS", ge=1)
    export_page_cell: int = Field(Limits.page_cell, alias="PARLEY_EXPORT_PAGE_CELL", ge=2)
    export_cell: int = Field(Limits.cell, alias="PARLEY_EXPORT_CELL", ge=2)
    export_name: int = Field(Limits.name, alias="PARLEY_EXPORT_NAME", ge=2)
    export_sql: int = Field(Limits.sql, alias="PARLEY_EXPORT_SQL", ge=2)
    export_text: int = Field(Limits.text, alias="PARLEY_EXPORT_TEXT", ge=2)
    export_at_once: int = Field(2, alias="PARLEY_EXPORT_AT_ONCE", ge=1)

    @property
    def export_limits(self) -> Limits:
        return Limits(**{field.name: getattr(self, f"export_{field.name}") for field in fields(Limits)})
