"""What the columns of a finished table are like, one at a time so that memory stays small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

EXACT_DISTINCT = 1_000_000
LOW_CARDINALITY = 50
TOP = 10
SAMPLES = 5
SHOWN = 200


def profile_column(
    connection: DuckDBPyConnection, table: str, name: str, type: str, rows: int
) -> tuple[dict[str, Any], bool]:
    """The facts about one column, and whether its number of distinct values is an estimate."""
    column = quoted(name)
    ranged = type not in ("text", "boolean")
    low, high = (f"min({column})", f"max({column})") if ranged else ("NULL", "NULL")
    mean = f"avg({column})" if type in ("integer", "number") else "NULL"
    count, about, least, most, average = _one(
        connection,
        f"SELECT count({column}), approx_count_distinct({column}), {low}, {high}, {mean} FROM '{table}'",  # noqa: S608
    )
    exact = about <= EXACT_DISTINCT or rows <= EXACT_DISTINCT
    distinct = _one(connection, f"SELECT count(DISTINCT {column}) FROM '{table}'")[0] if exact else about  # noqa: S608
    facts = {
        "name": name,
        "type": type,
        "missing": rows - count,
        "distinct": distinct,
        "minimum": plain(least),
        "maximum": plain(most),
        "mean": plain(average),
        "top": _top(connection, table, column) if exact and (not ranged or distinct <= LOW_CARDINALITY) else [],
        "samples": _samples(connection, table, column),
    }
    return facts, not exact


def _one(connection: DuckDBPyConnection, sql: str) -> Sequence[Any]:
    row: Sequence[Any] = connection.execute(sql).fetchall()[0]
    return row


def _top(connection: DuckDBPyConnection, table: str, column: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        f"SELECT {column}, count(*) AS n FROM '{table}' WHERE {column} IS NOT NULL"  # noqa: S608
        f" GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP}"
    ).fetchall()
    return [{"value": plain(value), "count": count} for value, count in rows]


def _samples(connection: DuckDBPyConnection, table: str, column: str) -> list[Any]:
    rows = connection.execute(f"SELECT {column} FROM '{table}' WHERE {column} IS NOT NULL LIMIT 1000").fetchall()  # noqa: S608
    return [plain(value) for value in list(dict.fromkeys(value for (value,) in rows))[:SAMPLES]]


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def plain(value: Any) -> Any:
    """A value as JSON has it: times as ISO 8601, long text cut."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str) and len(value) > SHOWN:
        return value[: SHOWN - 1] + "…"
    return value
