"""A closer look at the largest effect of a result: what it is made of, or the picture behind it."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501, RUF021
from __future__ import annotations

from collections.abc import Iterator, Sequence

from parley_research.domain.asks import Ask, Condition, Key, Measure
from parley_research.domain.expressions import key_label
from parley_research.domain.phrases import measure_phrase, where
from parley_research.domain.prose import named
from parley_research.domain.queries import Query, query
from parley_research.domain.results import Result, Results
from parley_research.domain.statements.single import histogram_sql, points_sql
from parley_research.domain.table import Field, Table

_MEASURED = ("value", "groups", "top groups", "compare", "trend")


def drill_down(
    queries: Sequence[Query], results: Results, table: Table, *, most: int, groups: int, bins: int, points: int
) -> list[Query]:
    """At most `most` queries, the earlier questions first; each names its parent."""
    found: list[Query] = []
    for each in queries:
        result = results.get(each.id)
        if result is not None and result.rows:
            found += _closer(each, result, table, groups=groups, bins=bins, points=points)
    return found[:most]


def _closer(asked: Query, result: Result, table: Table, *, groups: int, bins: int, points: int) -> Iterator[Query]:
    ask, identity = asked.ask, f"{asked.id}a"
    if ask.shape in ("distribution", "outliers"):
        sql = histogram_sql(ask.columns[0], ask.conditions, bins)
        own = ask.model_copy(update={"shape": "distribution"})
        title = f"How are the values of {named(ask.columns[0])} spread?"
        yield Query(id=identity, question=title, kind="distribution", sql=sql, ask=own, parent=asked.id)
    elif ask.shape == "relationship":
        title = f"How do {named(ask.columns[0])} and {named(ask.columns[1])} lie together?"
        sql = points_sql(ask.columns, ask.conditions, points)
        yield Query(id=identity, question=title, kind="relationship", sql=sql, ask=ask, parent=asked.id)
    elif ask.shape in _MEASURED and len(ask.keys) < 2:
        inner = _inside(asked, result, table, groups)
        if inner:
            title = f"What is {measure_phrase(inner.measures[0], table)} by {named(inner.keys[0].column)}{where(inner.conditions, table)}?"
            yield query(identity, title, inner, parent=asked.id)


def _inside(asked: Query, result: Result, table: Table, groups: int) -> Ask | None:
    """The leading group, or the moment of the largest change, split by another column."""
    ask = asked.ask
    other = _splitting(ask, table, groups)
    if other is None:
        return None
    conditions = list(ask.conditions)
    if ask.keys:
        row = _largest_change(result) if ask.shape == "trend" else 0
        value = result.cell(row, key_label(ask.keys[0]))
        key = ask.keys[0]
        if (
            value is None
            or len(result.rows) < 2
            or key.part not in (None, "year", "hour")
            or table.field(key.column).dated
            and not key.part
        ):
            return None
        conditions = [each for each in conditions if (each.column, each.part) != (key.column, key.part)]
        conditions.append(Condition(column=key.column, operator="in", values=[value], part=key.part))
    return Ask(shape="groups", measures=[_first(ask)], keys=[Key(column=other.name)], conditions=conditions)


def _first(ask: Ask) -> Measure:
    return ask.measures[0]


def _largest_change(result: Result) -> int:
    changes = [(abs(float(str(result.cell(row, "change") or 0))), -row) for row in range(len(result.rows))]
    return -max(changes)[1]


def _splitting(ask: Ask, table: Table, groups: int) -> Field | None:
    """The column with fewest groups that the question has not used: yes-or-no and text before numbers."""
    used = {each.column for each in ask.keys} | {each.column for each in ask.conditions}
    measured = {each.column for each in ask.measures}
    fitting = [
        each
        for each in table.fields
        if each.name not in used | measured
        and each.few(groups)
        and (each.column.type in ("text", "boolean") or each.flag)
    ]
    return min(fitting, key=lambda each: each.column.distinct, default=None)
