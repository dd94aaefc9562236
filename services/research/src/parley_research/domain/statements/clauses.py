"""What statements are put together from: columns, conditions, groups and their order."""

# Every name and value of a statement has passed `quoting`.
from __future__ import annotations

from collections.abc import Sequence

from parley_research.domain.asks import Ask, Condition, Key, Measure
from parley_research.domain.expressions import aggregate, conjunction, expression, key_label, measure_label
from parley_research.domain.quoting import TABLE, identifier

MOST_ROWS = 1000
FROM = f" FROM {identifier(TABLE)}"


def where(conditions: Sequence[Condition], present: Sequence[str] = ()) -> str:
    tests = [conjunction(conditions)] if conditions else []
    tests += [f"{identifier(each)} IS NOT NULL" for each in dict.fromkeys(present)]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def columns_of(ask: Ask) -> list[tuple[str, str]]:
    return [(aggregate(each), measure_label(each)) for each in _unique(ask.measures)]


def _unique(measures: Sequence[Measure]) -> list[Measure]:
    return list(dict.fromkeys(measures))


def select(columns: Sequence[tuple[str, str]]) -> str:
    return "SELECT " + ", ".join(f"{sql} AS {identifier(label)}" for sql, label in columns)


def used(ask: Ask) -> tuple[str, str]:
    column = ask.measures[0].column if ask.measures and ask.measures[0].function != "missing" else None
    return (f"count({identifier(column)})" if column else "count(*)", "rows")


def keys_of(keys: Sequence[Key]) -> list[tuple[str, str]]:
    return [(expression(each.column, each.part, shown=True), key_label(each)) for each in keys]


def grouped(ask: Ask, extra: Sequence[tuple[str, str]] = ()) -> str:
    """Groups without an order; those whose key is missing are left out."""
    columns = [*keys_of(ask.keys), *columns_of(ask), used(ask), *extra]
    places = ", ".join(str(index) for index in range(1, len(ask.keys) + 1))
    having = ""
    if ask.having:
        test = ask.having.model_copy(update={"column": ""})
        having = f" HAVING {conjunction([test], of=aggregate(ask.measures[0]))}"
    return (
        select(columns)
        + FROM
        + where(ask.conditions, [each.column for each in ask.keys])
        + f" GROUP BY {places}{having}"
    )


def ordered(ask: Ask) -> str:
    first = identifier(measure_label(ask.measures[0]))
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    direction = "DESC" if ask.descending else "ASC"
    return f" ORDER BY {first} {direction} NULLS LAST, {keys}"
