"""Lets one SELECT about the dataset through and refuses everything else, whoever wrote it.

The SQL is read twice: sqlglot's tree may hold only what `nodes` and `functions` allow, and what is written anew from
that tree, which is what runs, must hold only known parts for DuckDB's own parser too. Neither reader has to be right
alone, and neither is trusted to the end: the cage holds without the gate.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from parley_common.errors import PermanentError
from parley_research.sql import nodes, parse_tree
from parley_research.sql.functions import CALLED_WITHOUT_PARENTHESES, FUNCTIONS

# Its warnings quote the SQL, which is for its author and not for the log.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


class SqlRefused(PermanentError):
    """The SQL is not one SELECT about the dataset made of what is allowed; `detail` says what to change."""

    code = "sql_refused"
    status = 422


def checked(
    sql: str, *, table: str = "data", columns: Collection[str] = (), length: int = 20_000, depth: int = 60
) -> str:
    """The statement to run instead of `sql`: the same, written anew, without comments. Raises `SqlRefused`.

    `columns` are those of the dataset. `length` is in characters, `depth` in levels of the tree.
    """
    if len(sql) > length:
        raise SqlRefused(f"The SQL is longer than {length} characters.")
    tree = _parsed(sql)
    plain = {column.lower() for column in columns}
    for node, level in _levels(tree):
        if level > depth:
            raise SqlRefused(f"The SQL is nested deeper than {depth} levels.")
        _check(node, plain)
    return _written(tree, _Scopes(table).check(tree))


def _parsed(sql: str) -> exp.Expr:
    try:
        statements = sqlglot.parse(sql, dialect="duckdb")
    except RecursionError as error:
        raise SqlRefused("The SQL is nested too deeply.") from error
    except SqlglotError as error:
        raise SqlRefused(f"The SQL cannot be read: {_first_line(error)}") from error
    except Exception as error:
        raise SqlRefused("The SQL cannot be read.") from error
    if len(statements) != 1 or not isinstance(statements[0], nodes.QUERIES):
        raise SqlRefused("Exactly one SELECT statement is expected.")
    return statements[0]


def _written(tree: exp.Expr, names: frozenset[str]) -> str:
    try:
        sql = tree.sql(dialect="duckdb", comments=False, unsupported_level=ErrorLevel.RAISE)
    except Exception as error:
        raise SqlRefused("The SQL cannot be written for DuckDB; write it in a simpler way.") from error
    try:
        parse_tree.check(sql, names)
    except parse_tree.Strange as error:
        raise SqlRefused(f"The SQL is refused: {error}.") from error
    return sql


def _check(node: exp.Expr, columns: set[str]) -> None:
    if type(node) not in nodes.allowed():
        raise SqlRefused(f"{_described(node)} is not available; use plain SELECT syntax and common functions.")
    match node:
        case exp.Anonymous() if str(node.this).lower() not in FUNCTIONS:
            raise SqlRefused(f"The function {str(node.this)[:60]} is not available.")
        case exp.With() if node.args.get("recursive"):
            raise SqlRefused("WITH RECURSIVE is not available.")
        case exp.DataType() if node.this not in nodes.TYPES or node.args.get("nested"):
            raise SqlRefused(f"The type {str(node.this)[:60]} is not available in a cast.")
        case exp.Column() if node.args.get("db") or node.args.get("catalog"):
            raise SqlRefused("Name a column alone or with its table: no schema, no database.")
        case exp.Column() if not node.table and (name := node.name.lower()) in CALLED_WITHOUT_PARENTHESES - columns:
            raise SqlRefused(f"{name} is not available: an answer must be the same at any time and for anyone.")
        case _:
            return


class _Scopes:
    """Which tables may be read where: the dataset everywhere, a CTE behind its definition and inside its own query."""

    def __init__(self, table: str) -> None:
        self._table = table.lower()

    def check(self, tree: exp.Expr) -> frozenset[str]:
        """Raise unless every table is in sight where it is read; gives back all names, in lower case."""
        names = {self._table}
        for definition in tree.find_all(exp.CTE):
            name = definition.alias.lower()
            if name == self._table or name in self._visible(definition):
                raise SqlRefused(f"{name[:60]} is already a table here; give the WITH query another name.")
            names.add(name)
        for table in tree.find_all(exp.Table):
            self._check_table(table)
        return frozenset(names)

    def _check_table(self, table: exp.Table) -> None:
        if not isinstance(table.this, exp.Identifier):
            raise SqlRefused("Table functions are not available, but for unnest.")
        if table.args.get("db") or table.args.get("catalog"):
            raise SqlRefused("Name a table alone: no schema, no database.")
        if table.name.lower() not in self._visible(table):
            raise SqlRefused(f"There is no table {table.name[:60]} here; the only table is {self._table}.")

    def _visible(self, node: exp.Expr) -> set[str]:
        names, child, parent = {self._table}, node, node.parent
        while parent:
            names |= {definition.alias.lower() for definition in _defined(parent, child)}
            child, parent = parent, parent.parent
        return names


def _defined(parent: exp.Expr, child: exp.Expr) -> Iterator[exp.Expr]:
    """The CTEs that `parent` brings into sight of its part `child`: those before it, when it is a CTE itself."""
    if isinstance(parent, exp.With):
        for definition in parent.expressions:
            if definition is child:
                return
            yield definition
    elif (clause := parent.args.get("with_")) and clause is not child:
        yield from clause.expressions


def _levels(tree: exp.Expr) -> Iterator[tuple[exp.Expr, int]]:
    waiting = [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        yield node, level
        waiting += [(child, level + 1) for child in node.iter_expressions()]


def _described(node: exp.Expr) -> str:
    if isinstance(node, exp.Func) and node.sql_names():
        return f"The function {node.sql_name()}"
    return {"Pivot": "PIVOT", "TableSample": "A sample", "Placeholder": "A parameter"}.get(
        type(node).__name__, f"{type(node).__name__} syntax"
    )


def _first_line(error: SqlglotError) -> str:
    return str(error).splitlines()[0][:200] if str(error) else "syntax error"
