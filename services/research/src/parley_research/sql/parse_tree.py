"""A statement as DuckDB's own parser reads it: the judgement that counts, as DuckDB is what runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import _duckdb as duckdb

from parley_research.sql.functions import CALLED, words

CLASSES = words(
    "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR STAR SUBQUERY TYPE WINDOW"
)
SOURCES = words("BASE_TABLE EMPTY EXPRESSION_LIST JOIN SUBQUERY TABLE_FUNCTION")
QUERIES = words("CTE_NODE SELECT_NODE SET_OPERATION_NODE")
MODIFIERS = words("DISTINCT_MODIFIER LIMIT_MODIFIER ORDER_MODIFIER")
# Where dictionaries have a `type` that says which kind of thing they are; elsewhere it is one of many enumerations.
KINDS = SOURCES | QUERIES | MODIFIERS


class Strange(Exception):
    """Something the tree must not hold, in words."""


def check(sql: str, names: frozenset[str]) -> None:
    """Raise `Strange` unless `sql` is one SELECT of known parts from tables of these names (lower case)."""
    for part in _parts(_tree(sql)):
        _check_kind(part)
        _check_function(part)
        _check_table(part, names)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """Parses only. It has no access to anything either, and its settings are locked."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "async_threads": 0,
            "memory_limit": "64MB",
            "temp_directory": "",
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def _tree(sql: str) -> dict[str, Any]:
    connection = _connection().cursor()
    try:
        statements = connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise Strange("exactly one SELECT statement is expected")
        found = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    except (duckdb.Error, RuntimeError) as error:
        raise Strange(f"it cannot be read ({str(error).splitlines()[0][:200]})") from error
    finally:
        connection.close()
    try:
        tree: dict[str, Any] = json.loads(found[0]) if found else {"error": True}
    except RecursionError as error:
        raise Strange("it is nested too deeply") from error
    if tree["error"] or len(tree["statements"]) != 1:
        raise Strange(f"it cannot be read ({str(tree.get('error_message', 'not a SELECT'))[:200]})")
    return tree


def _parts(tree: object) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _check_kind(part: dict[str, Any]) -> None:
    if "class" in part:
        # `ORDER BY ALL` is a star over columns, too; one with an expression chooses columns by pattern or lambda.
        if part["class"] not in CLASSES or (part.get("columns") and part.get("expr")):
            raise Strange(f"{str(part['class']).lower().replace('_', ' ')} expressions are not available")
    elif isinstance(kind := part.get("type"), str) and kind not in KINDS and kind not in _ENUMERATED:
        raise Strange(f"{kind.lower().replace('_', ' ')} is not available")
    if part.get("sample") or part.get("at_clause"):
        raise Strange("samples and versions of a table are not available")


# Directions of an order, kinds of a set operation: harmless, and not kinds of parts.
_ENUMERATED = words("ASCENDING DESCENDING ORDER_DEFAULT INVALID")


def _check_function(part: dict[str, Any]) -> None:
    if (name := part.get("function_name")) is None:
        return
    if name.lower() not in CALLED or part.get("schema") or part.get("catalog"):
        raise Strange(f"the function {name[:60]} is not available")


def _check_table(part: dict[str, Any], names: frozenset[str]) -> None:
    if part.get("type") != "BASE_TABLE":
        return
    path = part["qualified_name"]["path"]
    if len(path) != 1 or path[0].lower() not in names:
        raise Strange(f"there is no table {'.'.join(path)[:60]}")
