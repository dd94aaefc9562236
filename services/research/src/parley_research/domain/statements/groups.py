"""Statements whose result is a row for each group, or for each row that leads."""

# Every name and value of a statement has passed `quoting`.
# ruff: noqa: S608, E501
from __future__ import annotations

from collections.abc import Sequence

from parley_research.domain.asks import Ask
from parley_research.domain.expressions import aggregate, conjunction, key_label, measure_label
from parley_research.domain.quoting import identifier, literal
from parley_research.domain.statements.clauses import FROM, MOST_ROWS, grouped, keys_of, ordered, select, where


def groups(ask: Ask) -> str:
    return grouped(ask) + ordered(ask) + f" LIMIT {MOST_ROWS}"


def _ranked(sql: str, label: str, by: str, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    return f"SELECT *, rank() OVER (ORDER BY {identifier(by)} {direction} NULLS LAST) AS {identifier(label)} FROM ({sql}) AS grouped"


def top_groups(ask: Ask) -> str:
    by = measure_label(ask.measures[0])
    ranked = _ranked(grouped(ask), "rank", by, ask.descending)
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    tests = [f"{identifier(by)} IS NOT NULL"] + ([f'"rank" <= {ask.limit}'] if ask.limit else [])
    return f'SELECT * FROM ({ranked}) AS ranked WHERE {" AND ".join(tests)} ORDER BY "rank", {keys} LIMIT {MOST_ROWS}'


def extreme_groups(ask: Ask) -> str:
    """The groups that lead by their extreme and those that lead by their mean: the wording tells which is which."""
    extreme, mean = (measure_label(each) for each in ask.measures)
    direction = "DESC" if ask.descending else "ASC"
    ranks = ", ".join(
        f"rank() OVER (ORDER BY {identifier(by)} {direction} NULLS LAST) AS {identifier(label)}"
        for by, label in ((extreme, "rank"), (mean, "rank by mean"))
    )
    ranked = f"SELECT *, {ranks} FROM ({grouped(ask)}) AS grouped WHERE {identifier(extreme)} IS NOT NULL"
    tests = f' WHERE "rank" <= {ask.limit} OR "rank by mean" <= {ask.limit}' if ask.limit else ""
    key = identifier(key_label(ask.keys[0]))
    return f'SELECT * FROM ({ranked}) AS ranked{tests} ORDER BY "rank", "rank by mean", {key} LIMIT {MOST_ROWS}'


def top_rows(ask: Ask, others: Sequence[str]) -> str:
    column = identifier(ask.columns[0])
    direction = "DESC" if ask.descending else "ASC"
    shown = [*others, ask.columns[0]]
    inner = (
        f'SELECT {", ".join(identifier(each) for each in shown)}, rank() OVER (ORDER BY {column} {direction}) AS "rank"'
    )
    inner += FROM + where(ask.conditions, ask.columns)
    order = ", ".join(['"rank"', *(identifier(each) for each in others)])
    return f'SELECT * FROM ({inner}) AS ranked WHERE "rank" <= {ask.limit or 1} ORDER BY {order} LIMIT {MOST_ROWS}'


def share(ask: Ask) -> str:
    test = conjunction(ask.conditions)
    column = ask.measures[0].column
    amount = identifier(column) if column else "1"
    known = " AND ".join(
        f"{identifier(each.column)} IS NOT NULL" for each in ask.conditions if each.operator != "missing"
    )
    part = f"coalesce(sum(CASE WHEN {test} THEN {amount} END), 0)"
    whole = f"sum({amount})"
    columns = [
        *keys_of(ask.keys),
        (part, "part"),
        (whole, "whole"),
        (f"100.0 * {part} / nullif({whole}, 0)", "percent"),
    ]
    if known and all(each.operator != "either" for each in ask.conditions):
        of_known = f"sum(CASE WHEN {known} THEN {amount} END)"
        columns += [(of_known, "known"), (f"100.0 * {part} / nullif({of_known}, 0)", "percent of known")]
    sql = select(columns) + FROM + where(ask.base, [each.column for each in ask.keys])
    if not ask.keys:
        return sql
    places = ", ".join(str(index) for index in range(1, len(ask.keys) + 1))
    return f'{sql} GROUP BY {places} ORDER BY "percent" DESC NULLS LAST, {places} LIMIT {MOST_ROWS}'


def shares(ask: Ask) -> str:
    measure = aggregate(ask.measures[0])
    extra = (f"100.0 * {measure} / nullif(sum({measure}) OVER (), 0)", "percent")
    own = ask.model_copy(update={"conditions": ask.base})
    return grouped(own, [extra]) + ordered(ask) + f" LIMIT {MOST_ROWS}"


def trend(ask: Ask) -> str:
    time, *others = (identifier(key_label(each)) for each in ask.keys)
    value = identifier(measure_label(ask.measures[0]))
    split = f"PARTITION BY {', '.join(others)} " if others else ""
    window = f"({split}ORDER BY {time})"
    changes = (
        f'{value} - lag({value}) OVER {window} AS "change", {value} - first_value({value}) OVER {window} AS "change since first", '
        f'100.0 * ({value} - first_value({value}) OVER {window}) / nullif(first_value({value}) OVER {window}, 0) AS "percent since first"'
    )
    order = ", ".join([*others, time])
    return f"SELECT *, {changes} FROM ({grouped(ask)}) AS grouped ORDER BY {order} LIMIT {MOST_ROWS}"


def compare(ask: Ask) -> str:
    value = identifier(measure_label(ask.measures[0]))
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    window = f"(ORDER BY {value} DESC NULLS LAST, {keys})"
    difference = f"{value} - lead({value}) OVER {window}"
    percent = f"100.0 * ({difference}) / nullif(lead({value}) OVER {window}, 0)"
    more = f', {difference} AS "difference", {percent} AS "difference in percent"'
    more += f', {_ratio(ask)} AS "ratio"' if ask.ratio else ""
    outer = f"SELECT *{more} FROM ({grouped(ask)}) AS grouped"
    return f"{outer} ORDER BY {value} DESC NULLS LAST, {keys} LIMIT {MOST_ROWS}"


def _ratio(ask: Ask) -> str:
    """The first value of the question by the second."""
    key, value = identifier(key_label(ask.keys[0])), identifier(measure_label(ask.measures[0]))
    wanted = next(each.values for each in ask.conditions if each.column == ask.keys[0].column)
    first, second = (f"max(CASE WHEN {key} = {literal(each)} THEN {value} END) OVER ()" for each in wanted[:2])
    return f"1.0 * {first} / nullif({second}, 0)"


def values(ask: Ask) -> str:
    columns = [*keys_of(ask.keys), ("count(*)", "rows"), ("count(*) OVER ()", "values")]
    rows = where(ask.conditions, [each.column for each in ask.keys])
    return select(columns) + FROM + rows + f' GROUP BY 1 ORDER BY "rows" DESC, 1 LIMIT {MOST_ROWS}'
