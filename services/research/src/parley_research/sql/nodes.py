"""The syntax a query may be made of, as classes of sqlglot's tree. A node of any other class is refused."""

from __future__ import annotations

from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from parley_research.sql.functions import FUNCTIONS, words

QUERIES = (exp.Select, exp.Union, exp.Intersect, exp.Except)

CLAUSES = (
    exp.CTE, exp.Cube, exp.Distinct, exp.From, exp.Group, exp.GroupingSets, exp.Having, exp.Join, exp.Lateral,
    exp.Limit, exp.Offset, exp.Order, exp.Ordered, exp.Qualify, exp.Rollup, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Unnest, exp.Values, exp.Where, exp.With,
)  # fmt: skip

EXPRESSIONS = (
    exp.Add, exp.Alias, exp.All, exp.And, exp.Any, exp.Array, exp.AtTimeZone, exp.Between, exp.BitwiseAnd,
    exp.BitwiseNot, exp.BitwiseOr, exp.Boolean, exp.Bracket, exp.Case, exp.Cast, exp.Column, exp.DPipe,
    exp.DataType, exp.DataTypeParam, exp.Div, exp.EQ, exp.Escape, exp.Exists, exp.Extract, exp.Filter, exp.GT,
    exp.GTE, exp.Glob, exp.ILike, exp.Identifier, exp.If, exp.IgnoreNulls, exp.In, exp.IntDiv, exp.Interval,
    exp.Is, exp.LT, exp.LTE, exp.Like, exp.Literal, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Paren, exp.Pow, exp.PropertyEQ, exp.RespectNulls, exp.Slice,
    exp.Star, exp.Struct, exp.Sub, exp.TryCast, exp.Tuple, exp.Var, exp.Window, exp.WindowSpec,
    exp.WithinGroup,
)  # fmt: skip

TYPES = frozenset(
    getattr(exp.DataType.Type, name)
    for name in words("""
    BIGINT BOOLEAN DATE DECIMAL DOUBLE FLOAT INT INT128 INTERVAL SMALLINT TEXT TIME TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ
    TINYINT UBIGINT UINT USMALLINT UTINYINT VARCHAR
    """)
)


@cache
def allowed() -> frozenset[type[exp.Expr]]:
    """Every class a node may have: the syntax above and what sqlglot makes of a call of an allowed function."""
    return frozenset(
        (*QUERIES, *CLAUSES, *EXPRESSIONS, exp.Anonymous, *(c for name in FUNCTIONS for c in _made_of(name)))
    )


def _made_of(function: str) -> list[type[exp.Expr]]:
    made: list[type[exp.Expr]] = []
    for arguments in ("", "a", "a, b", "'year', b", "'year', b, c", "a, b, c"):
        try:
            call = sqlglot.parse_one(f"SELECT {function}({arguments})", dialect="duckdb")
        except SqlglotError:
            continue
        made += [type(node) for node in call.walk() if isinstance(node, exp.Func | exp.IgnoreNulls)]
    return made
