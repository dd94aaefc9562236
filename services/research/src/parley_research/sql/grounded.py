"""Numbers must come from the table: a query that only writes one down would lend it a citation, or a name."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# `sum(1)` counts rows.
COMPUTED = (exp.Column, exp.Star, exp.Count, exp.Sum, exp.Select)


def written_down(sql: str) -> str:
    """What in this query is a number nobody computed, as it stands there; nothing if there is none.

    Judges the plain ways only (`SELECT 7 AS n`, `VALUES`, lists): a query can always add to a sum what is not there,
    and everybody who reads the answer sees its SQL. SQL that cannot be read is the gate's to refuse.
    """
    try:
        statements = sqlglot.parse(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return ""
    found = (part for tree in statements if tree for part in _made_up(tree))
    return next((part.sql(dialect="duckdb")[:60] for part in found), "")


def _made_up(tree: exp.Expr) -> list[exp.Expr]:
    selects = [each for each in tree.find_all(exp.Select) if not isinstance(each.parent, exp.Exists)]
    shown = [part for select in selects for part in select.expressions]
    sources = list(tree.find_all(exp.Values, exp.Unnest))
    return [part for part in (*shown, *sources) if _constant(part)]


def _constant(part: exp.Expr) -> bool:
    """Made of literals alone, and not just a word."""
    value = part.unalias()
    if part.find(*COMPUTED) or (
        isinstance(value, exp.Literal) and value.is_string and not re.search(r"\d", value.name)
    ):
        return False
    return any(not each.is_string or isinstance(part, exp.Alias | exp.Func) for each in part.find_all(exp.Literal))
