"""Parquet from elsewhere: the same table with the few types Parley knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from parley_research.datasets.failures import unreadable
from parley_research.datasets.headers import make_names
from parley_research.datasets.inference import Reading
from parley_research.datasets.limits import Limits
from parley_research.datasets.profiling import quoted
from parley_research.datasets.staging import check_columns, no_rows, too_many

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_SAME = {"BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp", "TIME": "time", "VARCHAR": "text"}
_STAMPS = ("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")


@dataclass(frozen=True)
class Columnar:
    """The names of the columns, how each is read, and the number of rows."""

    names: list[str]
    readings: list[Reading]
    rows: int
    notes: list[str]


def open_columnar(connection: DuckDBPyConnection, source: str, limits: Limits) -> Columnar:
    """Look at the file's own description before any value is unpacked."""
    rows = int(connection.execute(f"SELECT num_rows FROM parquet_file_metadata('{source}')").fetchall()[0][0])  # noqa: S608
    described = connection.execute(f"DESCRIBE SELECT * FROM '{source}'").fetchall()  # noqa: S608
    check_columns(len(described), limits)
    if rows > limits.rows_of(len(described)):
        raise too_many(len(described), limits)
    if not rows:
        raise no_rows()
    readings = [_reading(connection, source, name, kind, limits) for name, kind, *_ in described]
    names = make_names([name for name, *_ in described])
    return Columnar(names.names, readings, rows, names.notes)


def _reading(connection: DuckDBPyConnection, source: str, name: str, kind: str, limits: Limits) -> Reading:
    column, bare = quoted(name), kind.split("(")[0]
    if kind in _WHOLE:
        return Reading("integer", f"{column}::BIGINT", None)
    if kind in ("FLOAT", "DOUBLE"):
        return _float(connection, source, column)
    if bare == "DECIMAL":
        return _decimal(column, kind)
    if kind in _SAME:
        if kind == "VARCHAR":
            _check_cells(connection, source, column, limits)
        return Reading(_SAME[kind], column, None)
    if kind in _STAMPS:
        return Reading("timestamp", f"{column}::TIMESTAMP", None if kind != _STAMPS[2] else "times cut to microseconds")
    if kind == "TIMESTAMP WITH TIME ZONE":
        return Reading("timestamp", f"{column} AT TIME ZONE 'UTC'", "times with a zone read as UTC")
    return _other(connection, source, column, kind, limits)


def _float(connection: DuckDBPyConnection, source: str, column: str) -> Reading:
    odd = connection.execute(f"SELECT count(*) FROM '{source}' WHERE NOT isfinite({column})").fetchall()[0][0]  # noqa: S608
    sql = f"CASE WHEN isfinite({column}) THEN {column}::DOUBLE END"
    return Reading("number", sql, f"{odd} values that are no finite number read as missing" if odd else None)


def _decimal(column: str, kind: str) -> Reading:
    width, scale = (int(part) for part in kind[len("DECIMAL(") : -1].split(","))
    if scale == 0 and width <= 18:
        return Reading("integer", f"{column}::BIGINT", None)
    return Reading("number", f"{column}::DOUBLE", "decimals read as floating-point numbers")


def _other(connection: DuckDBPyConnection, source: str, column: str, kind: str, limits: Limits) -> Reading:
    """Lists, structures and whatever else there is, as text."""
    nested = kind.endswith("]") or kind.split("(")[0] in ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")
    sql, said = f"CAST({column} AS VARCHAR)", f"{kind.split('(')[0].lower()} read as text"
    if nested:
        sql, said = f"CAST(to_json({column}) AS VARCHAR)", "nested values read as JSON text"
    elif kind == "BLOB":
        sql, said = f"hex({column})", "bytes read as hexadecimal text"
    elif kind.startswith("ENUM"):
        said = None  # type: ignore[assignment]
    sql = f"CASE WHEN {column} IS NOT NULL THEN {sql} END"
    _check_cells(connection, source, sql, limits)
    return Reading("text", sql, said)


def _check_cells(connection: DuckDBPyConnection, source: str, column: str, limits: Limits) -> None:
    longest: Sequence[int | None] = connection.execute(f"SELECT max(length({column})) FROM '{source}'").fetchall()[0]  # noqa: S608
    if (longest[0] or 0) > limits.cell:
        raise unreadable("cell_too_long", f"A value is longer than {limits.cell} characters.")
