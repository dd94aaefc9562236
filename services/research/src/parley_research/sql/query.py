"""One query in a process of its own: the table in sight, everything else locked, the result as JSON.

A cell is rendered so that nothing is lost and any JSON reader can take it:

- integers up to 2^53 are numbers, greater ones strings of digits; decimals are numbers when 15 digits hold them,
  else strings
- finite floats are numbers, the others `"NaN"`, `"Infinity"`, `"-Infinity"`; a missing value is `null`
- dates, times and timestamps are ISO 8601 strings; intervals, UUIDs, blobs and the like are as DuckDB writes them
- lists, structs and maps are arrays and objects, made by DuckDB's `to_json`
"""

from __future__ import annotations

import json
import math
import pathlib  # noqa: F401 - DuckDB imports it when it connects; here it is loaded once, before the first fork
from collections.abc import Callable
from typing import TypeAlias, TypedDict

# The package around it takes as long again to import and is not needed.
import _duckdb as duckdb

from parley_research.sql import confinement

Cell: TypeAlias = object
Render: TypeAlias = Callable[[Cell], Cell]

EXACT = 2**53
INTEGERS = frozenset(f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")) | {
    "INTEGER",
    "UINTEGER",
}
CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    # No thread but this one: the kernel's limits cover it all, and sums of floats come out the same each time.
    "threads": 1,
    "async_threads": 0,
    "temp_directory": "",
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
}


class Limits(TypedDict):
    """What one query may take: bytes, processor seconds, rows given back, rows counted."""

    memory: int
    address_space: int
    cpu_seconds: int
    rows: int
    counted: int
    bytes: int


class QueryRefused(Exception):
    """Not exactly one SELECT, as DuckDB reads it."""


class ResultTooLarge(Exception):
    """The rows asked for do not fit into the bytes allowed."""


def answer(sql: str, *, file: int, table: str, limits: Limits, parent: int) -> bytes:
    """The outcome of `sql` on the Parquet file behind descriptor `file`, as JSON. Gives up this process's rights."""
    try:
        connection = duckdb.connect(":memory:", config=CONFIGURATION)
        confinement.confine(
            file=file, address_space=limits["address_space"], cpu_seconds=limits["cpu_seconds"], parent=parent
        )
        _show(connection, file=file, table=table, memory=limits["memory"])
        return json.dumps(_result(connection, sql, limits), ensure_ascii=False, allow_nan=False).encode()
    except QueryRefused as error:
        return _failure("refused", error)
    except ResultTooLarge as error:
        return _failure("too_large", error)
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        return _failure("out_of_memory", error)
    except duckdb.Error as error:
        return _failure("sql_error", error)


def _show(connection: duckdb.DuckDBPyConnection, *, file: int, table: str, memory: int) -> None:
    path = f"/dev/fd/{file}"
    name = table.replace('"', '""')
    connection.execute(f"""
        SET memory_limit = '{memory}B';
        SET TimeZone = 'UTC';
        CREATE VIEW "{name}" AS FROM read_parquet('{path}');
        SET allowed_paths = ['{path}'];
        SET enable_external_access = false;
        SET lock_configuration = true;
    """)


def _result(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> dict[str, object]:
    _refuse_all_but_a_query(connection, sql)
    columns = connection.execute(f"DESCRIBE FROM (\n{sql}\n) AS result").fetchall()
    names = [f"c{number}" for number in range(len(columns))]
    inner = f"(\n{sql}\n) AS result({', '.join(names)})"
    casts, renders = zip(
        *(_rendering(name, str(column[1])) for name, column in zip(names, columns, strict=True)), strict=True
    )
    connection.execute(f"SELECT {', '.join(casts)} FROM {inner} LIMIT {limits['rows'] + 1}")  # noqa: S608
    rows = _rows(connection, renders, limits)
    count = len(rows)
    if count > limits["rows"]:
        connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {inner} LIMIT {limits['counted']})")  # noqa: S608
        count = int((connection.fetchone() or (count,))[0])
    return {"columns": [str(column[0]) for column in columns], "rows": rows[: limits["rows"]], "row_count": count}


def _refuse_all_but_a_query(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT] or statements[0].named_parameters:
        raise QueryRefused("One SELECT statement is expected.")


def _rows(connection: duckdb.DuckDBPyConnection, renders: tuple[Render, ...], limits: Limits) -> list[list[Cell]]:
    """Fetch a little at a time, so that what is too large is noticed before it is all here."""
    rows: list[list[Cell]] = []
    size = 0
    while part := connection.fetchmany(64):
        found = [[render(cell) for render, cell in zip(renders, row, strict=True)] for row in part]
        size += len(json.dumps(found, ensure_ascii=False, allow_nan=False).encode())
        if size > limits["bytes"]:
            raise ResultTooLarge(f"The result is larger than {limits['bytes']} bytes.")
        rows += found
    return rows


def _rendering(name: str, kind: str) -> tuple[str, Render]:
    """How to select a column of this type, and what to make of what comes."""
    if kind in INTEGERS:
        return name, _integer
    if kind == "DOUBLE":
        return name, _float
    if kind in ("VARCHAR", "BOOLEAN"):
        return name, _same
    if kind == "FLOAT" or (kind.startswith("DECIMAL") and not kind.endswith("]")):
        return f"CAST({name} AS VARCHAR)", _decimal
    if kind.startswith("TIMESTAMP") and not kind.endswith("]"):
        return f"replace(CAST({name} AS VARCHAR), ' ', 'T')", _same
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "JSON")):
        return f"CAST(to_json({name}) AS VARCHAR)", _nested
    return f"CAST({name} AS VARCHAR)", _same


def _same(cell: Cell) -> Cell:
    return cell


def _integer(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, int) and abs(cell) > EXACT else cell


def _float(cell: Cell) -> Cell:
    if not isinstance(cell, float) or math.isfinite(cell):
        return cell
    return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"


def _decimal(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    digits = sum(character.isdigit() for character in cell)
    return _float(float(cell)) if digits <= 15 or not digits else cell


def _nested(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return json.loads(cell, parse_constant=str, parse_int=lambda digits: _integer(int(digits)))


def _failure(code: str, error: BaseException) -> bytes:
    return json.dumps({"error": code, "message": str(error)[:2_000]}).encode()
