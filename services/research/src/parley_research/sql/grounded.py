"""Numbers must come from the table: a query that only writes one down would lend it a citation, or a name.

Judged is what a query shows, not which rows it chooses: conditions, orders and limits may hold any number. What may
stand in a shown value, besides what the question says:

- 0 and 1 added, or as a branch or a fallback; 100 where a percentage is taken from it
- multiplied or divided by: 1, 2, 2.5 and 5 with any number of zeros, and what turns units of time and statistics into
  another: 1.5, 3, 7, 12, 24, 52, 60, 365, 365.25, 1440, 3600, 86400
- numbers that say how, not what: digits to round to, quantiles, positions in a text, reference dates
- in a label that a condition chooses ("18 to 64"), the numbers of that condition and their neighbours

Units are converted only when the question says by how much. Whoever wants to can still build a number out of what is
left, and everybody who reads the answer sees its SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import sqlglot
from sqlglot import exp

# `sum(1)` counts rows, and a window has some to look at.
COMPUTED = (exp.Column, exp.Star, exp.Count, exp.Sum, exp.Select, exp.Window)
FACTORS = frozenset(map(Decimal, ("1.5", "3", "7", "12", "24", "52", "60", "365", "365.25", "1440", "3600", "86400")))
ROUND = {"1", "2", "25", "5"}
# Beyond what any double holds; arithmetic with it would fail.
LARGEST = 400
# What is only around a value; what scales one; whose every argument may become one; what is none, or judged by itself.
WRAPPERS = (exp.Alias, exp.Paren, exp.Neg, exp.Cast, exp.Filter, exp.Window)
SCALES = (exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.Log)
LISTS = (exp.Coalesce, exp.Greatest, exp.Least, exp.Concat, exp.Array, exp.Struct)
OPAQUE = (exp.Column, exp.Star, exp.Query, exp.Predicate, exp.Connector, exp.Not)
HARMLESS = (exp.Interval, exp.Ntile)
SMALL = frozenset(map(Decimal, (0, 1)))
TIMES = frozenset(exp.DataType.Type[name] for name in ("DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ"))

Allowed: TypeAlias = Callable[[Decimal], bool]


def written_down(sql: str, said: Collection[Decimal] = ()) -> str:
    """What in this query is a number nobody computed, as it stands there; nothing if there is none.

    `said` are the numbers of the question. The gate has let the query through.
    """
    found = (
        part for tree in sqlglot.parse(sql, dialect="duckdb") if tree for part in _Judge(frozenset(said)).made_up(tree)
    )
    return next((part.sql(dialect="duckdb")[:60] for part in found), "")


class _Judge:
    """Looks for numbers that neither the table nor the question, `said`, can have brought."""

    def __init__(self, said: frozenset[Decimal]) -> None:
        self._said = said

    def made_up(self, tree: exp.Expr) -> Iterator[exp.Expr]:
        selects = [each for each in tree.find_all(exp.Select) if not isinstance(each.parent, exp.Exists)]
        for part in (part for select in selects for part in select.expressions):
            if _constant(part):
                yield part
            elif part.find(*COMPUTED):
                yield from self._lent(part, _small)
        yield from (part for part in tree.find_all(exp.Values, exp.Unnest) if _constant(part))

    def _lent(self, part: exp.Expr, allowed: Allowed) -> Iterator[exp.Expr]:
        """What in a shown value is neither computed nor `allowed` where it stands."""
        if not part.find(*COMPUTED):
            if not self._innocent(part, allowed):
                yield part
            return
        for inner, fitting in self._shown(part, allowed):
            yield from self._lent(inner, fitting)

    def _shown(self, part: exp.Expr, allowed: Allowed) -> Iterator[tuple[exp.Expr, Allowed]]:
        """The parts of a computed value that its number is made of, and what is allowed in each."""
        if isinstance(part, WRAPPERS):
            yield part.this, allowed
        elif isinstance(part, exp.Case | exp.If):
            yield from self._branches(part)
        elif isinstance(part, SCALES):
            yield from ((each, _factor) for each in part.iter_expressions())
        elif isinstance(part, exp.Add | exp.Sub):
            percent = any(_number(each) == 100 for each in part.expression.find_all(exp.Literal))
            yield from ((part.this, _percentage if percent else _small), (part.expression, _small))
        elif not isinstance(part, OPAQUE):
            yield from ((each, _small) for each in _made_of(part))

    def _branches(self, part: exp.Expr) -> Iterator[tuple[exp.Expr, Allowed]]:
        choices = part.args["ifs"] if isinstance(part, exp.Case) else [part]
        bounds = {number for each in choices for number in _numbers(each.this)}
        results = [*(each.args["true"] for each in choices), part.args.get("default"), part.args.get("false")]
        for result in results:
            if isinstance(result, exp.Expr):
                yield result, _near(bounds) if _is_text(result) else _small

    def _innocent(self, part: exp.Expr, allowed: Allowed) -> bool:
        """Whether a part that computes nothing may stand where it does."""
        part = part.unnest()
        if isinstance(part, exp.Neg):
            return self._innocent(part.this, allowed)
        if isinstance(part, HARMLESS) or (isinstance(part, exp.Cast) and part.to.this in TIMES):
            return True
        plain = isinstance(part, exp.Literal) or _only_factors(part)
        fits = all(allowed(number) or number in self._said for number in _numbers(part))
        return fits and (plain or not part.find(exp.Literal))


def _made_of(part: exp.Expr) -> Iterator[exp.Expr]:
    """The arguments that lend a value, unlike those that only say how: which quantile, how many digits."""
    match part:
        case exp.WithinGroup():
            yield from (ordered.this for ordered in part.expression.expressions)
        case exp.Lag() | exp.Lead():
            yield from (each for each in (part.this, part.args.get("default")) if each)
        case exp.Anonymous():
            yield from part.expressions[:1]
        case exp.Func() if not isinstance(part, LISTS):
            yield from (each for each in [part.this] if isinstance(each, exp.Expr))
        case _:
            yield from part.iter_expressions()


def _constant(part: exp.Expr) -> bool:
    """Made of literals alone, and not just a word."""
    value = part.unalias()
    if part.find(*COMPUTED) or (
        isinstance(value, exp.Literal) and value.is_string and not re.search(r"\d", value.name)
    ):
        return False
    return any(not each.is_string or isinstance(part, exp.Alias | exp.Func) for each in part.find_all(exp.Literal))


def _only_factors(part: exp.Expr) -> bool:
    """`24 * 60`, where each of the two may stand alone."""
    return all(isinstance(each, exp.Mul | exp.Paren | exp.Literal) for each in part.walk())


def _small(number: Decimal) -> bool:
    return number in SMALL


def _percentage(number: Decimal) -> bool:
    return number in SMALL or number == 100


def _factor(number: Decimal) -> bool:
    return number in FACTORS or "".join(map(str, number.as_tuple().digits)).rstrip("0") in ROUND


def _near(bounds: Collection[Decimal]) -> Allowed:
    return lambda number: number in SMALL or any(abs(number - bound) <= 1 for bound in bounds)


def _is_text(part: exp.Expr) -> bool:
    return isinstance(part, exp.Literal) and part.is_string and _number(part) is None


def _numbers(part: exp.Expr) -> Iterator[Decimal]:
    """Every number that stands in a part, those within its texts included."""
    for literal in part.find_all(exp.Literal):
        number = _number(literal)
        if number is not None:
            yield number
        else:
            yield from (
                Decimal(each.replace(",", "")) for each in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", literal.name)
            )


def _number(literal: exp.Expr) -> Decimal | None:
    try:
        number = Decimal(literal.name).copy_abs()
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= LARGEST else None
