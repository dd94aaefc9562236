"""What a query brought: the rows that statements cite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field, JsonValue

from parley_common.contracts.model import Contract
from parley_common.contracts.research import Citation, Detail


class Result(Contract):
    """A query's rows; dates and times are ISO 8601 text. `row_count` is all of them, `rows` may be fewer."""

    query_id: str
    columns: list[str] = Field(default_factory=list)
    rows: list[list[JsonValue]] = Field(default_factory=list)
    row_count: int = 0

    def cell(self, row: int, column: str) -> JsonValue:
        """One value; `KeyError` where there is none."""
        if column not in self.columns or not 0 <= row < len(self.rows):
            raise KeyError(f"{self.query_id} has no row {row} with {column!r}")
        return self.rows[row][self.columns.index(column)]


Results = Mapping[str, Result]


def results_of(details: Iterable[Detail]) -> dict[str, Result]:
    """By query; those that failed have none."""
    return {each.query_id: result_of(each) for each in details if not each.error}


def result_of(detail: Detail) -> Result:
    return Result(query_id=detail.query_id, columns=detail.columns, rows=detail.rows, row_count=detail.row_count)


def cited_value(citation: Citation, results: Results) -> int | float | None:
    """The number a citation points at; `None` where there is no such cell or it holds no number."""
    try:
        value = results[citation.query_id].cell(citation.row, citation.column)
    except KeyError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
