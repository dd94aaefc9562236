"""The SQL of what is asked: one statement over the table `data`, every order total, every NULL accounted for.

Rows without a value in a column that is grouped by or computed with are left out; wording says so where there are any.
"""

# Every name and value of a statement has passed `quoting`.
# ruff: noqa: S608, E501
from __future__ import annotations

from collections.abc import Callable, Sequence

from parley_common.contracts.model import Contract
from parley_common.contracts.research import QuestionKind
from parley_research.domain.asks import Ask, Condition, Key, Measure
from parley_research.domain.expressions import aggregate, conjunction, expression, key_label, measure_label
from parley_research.domain.quoting import TABLE, identifier

MOST_ROWS = 1000
_FROM = f" FROM {identifier(TABLE)}"

_KINDS: dict[str, QuestionKind] = {
    "value": "aggregate",
    "summary": "aggregate",
    "share": "aggregate",
    "missing": "aggregate",
    "values": "aggregate",
    "groups": "comparison",
    "top groups": "comparison",
    "extreme groups": "comparison",
    "top rows": "comparison",
    "compare": "comparison",
    "shares": "distribution",
    "distribution": "distribution",
    "trend": "trend",
    "relationship": "relationship",
    "outliers": "outlier",
}


class Query(Contract):
    """A query and what it was asked for; `parent` is the query a drill-down started from."""

    id: str
    question: str
    kind: QuestionKind
    sql: str
    ask: Ask
    parent: str | None = None


def query(identity: str, question: str, ask: Ask, *, others: Sequence[str] = (), parent: str | None = None) -> Query:
    """The query that answers; `others` are the columns shown beside the one that ranks rows."""
    return Query(id=identity, question=question, kind=_KINDS[ask.shape], sql=_sql(ask, others), ask=ask, parent=parent)


def _sql(ask: Ask, others: Sequence[str]) -> str:
    if ask.shape == "top rows":
        return _top_rows(ask, others)
    return _BUILDERS[ask.shape](ask)


def _where(conditions: Sequence[Condition], present: Sequence[str] = ()) -> str:
    tests = [conjunction(conditions)] if conditions else []
    tests += [f"{identifier(each)} IS NOT NULL" for each in dict.fromkeys(present)]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _columns(ask: Ask) -> list[tuple[str, str]]:
    return [(aggregate(each), measure_label(each)) for each in _unique(ask.measures)]


def _unique(measures: Sequence[Measure]) -> list[Measure]:
    return list(dict.fromkeys(measures))


def _select(columns: Sequence[tuple[str, str]]) -> str:
    return "SELECT " + ", ".join(f"{sql} AS {identifier(label)}" for sql, label in columns)


def _used(ask: Ask) -> tuple[str, str]:
    column = ask.measures[0].column if ask.measures else None
    return (f"count({identifier(column)})" if column else "count(*)", "rows")


def _value(ask: Ask) -> str:
    return _select([*_columns(ask), _used(ask)]) + _FROM + _where(ask.conditions)


def _summary(ask: Ask) -> str:
    columns = []
    for name in ask.columns:
        for function in ("min", "mean", "median", "max"):
            measure = Measure(function=function, column=name)
            columns.append((aggregate(measure), measure_label(measure)))
        columns.append((f"count({identifier(name)})", "rows" if len(ask.columns) == 1 else f"rows of {name}"[:60]))
    return _select(columns) + _FROM + _where(ask.conditions)


def _keys(keys: Sequence[Key]) -> list[tuple[str, str]]:
    return [(expression(each.column, each.part, shown=True), key_label(each)) for each in keys]


def _grouped(ask: Ask, extra: Sequence[tuple[str, str]] = ()) -> str:
    """Groups without an order; those whose key is missing are left out."""
    columns = [*_keys(ask.keys), *_columns(ask), _used(ask), *extra]
    places = ", ".join(str(index) for index in range(1, len(ask.keys) + 1))
    having = ""
    if ask.having:
        test = ask.having.model_copy(update={"column": ""})
        having = f" HAVING {conjunction([test], of=aggregate(ask.measures[0]))}"
    return (
        _select(columns)
        + _FROM
        + _where(ask.conditions, [each.column for each in ask.keys])
        + f" GROUP BY {places}{having}"
    )


def _ordered(ask: Ask) -> str:
    first = identifier(measure_label(ask.measures[0]))
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    direction = "DESC" if ask.descending else "ASC"
    return f" ORDER BY {first} {direction} NULLS LAST, {keys}"


def _groups(ask: Ask) -> str:
    return _grouped(ask) + _ordered(ask) + f" LIMIT {MOST_ROWS}"


def _ranked(sql: str, label: str, by: str, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    return f"SELECT *, rank() OVER (ORDER BY {identifier(by)} {direction} NULLS LAST) AS {identifier(label)} FROM ({sql}) AS grouped"


def _top_groups(ask: Ask) -> str:
    by = measure_label(ask.measures[0])
    ranked = _ranked(_grouped(ask), "rank", by, ask.descending)
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    tests = [f"{identifier(by)} IS NOT NULL"] + ([f'"rank" <= {ask.limit}'] if ask.limit else [])
    return f'SELECT * FROM ({ranked}) AS ranked WHERE {" AND ".join(tests)} ORDER BY "rank", {keys} LIMIT {MOST_ROWS}'


def _extreme_groups(ask: Ask) -> str:
    """The groups that lead by their extreme and those that lead by their mean: the wording tells which is which."""
    extreme, mean = (measure_label(each) for each in ask.measures)
    direction = "DESC" if ask.descending else "ASC"
    ranks = ", ".join(
        f"rank() OVER (ORDER BY {identifier(by)} {direction} NULLS LAST) AS {identifier(label)}"
        for by, label in ((extreme, "rank"), (mean, "rank by mean"))
    )
    ranked = f"SELECT *, {ranks} FROM ({_grouped(ask)}) AS grouped WHERE {identifier(extreme)} IS NOT NULL"
    tests = f' WHERE "rank" <= {ask.limit} OR "rank by mean" <= {ask.limit}' if ask.limit else ""
    key = identifier(key_label(ask.keys[0]))
    return f'SELECT * FROM ({ranked}) AS ranked{tests} ORDER BY "rank", "rank by mean", {key} LIMIT {MOST_ROWS}'


def _top_rows(ask: Ask, others: Sequence[str]) -> str:
    column = identifier(ask.columns[0])
    direction = "DESC" if ask.descending else "ASC"
    shown = [*others, ask.columns[0]]
    inner = (
        f'SELECT {", ".join(identifier(each) for each in shown)}, rank() OVER (ORDER BY {column} {direction}) AS "rank"'
    )
    inner += _FROM + _where(ask.conditions, ask.columns)
    order = ", ".join(['"rank"', *(identifier(each) for each in others)])
    return f'SELECT * FROM ({inner}) AS ranked WHERE "rank" <= {ask.limit or 1} ORDER BY {order} LIMIT {MOST_ROWS}'


def _share(ask: Ask) -> str:
    test = conjunction(ask.conditions)
    column = ask.measures[0].column
    amount = identifier(column) if column else "1"
    known = " AND ".join(
        f"{identifier(each.column)} IS NOT NULL" for each in ask.conditions if each.operator != "missing"
    )
    part = f"coalesce(sum(CASE WHEN {test} THEN {amount} END), 0)"
    whole = f"sum({amount})"
    columns = [*_keys(ask.keys), (part, "part"), (whole, "whole"), (f"100.0 * {part} / nullif({whole}, 0)", "percent")]
    if known:
        of_known = f"sum(CASE WHEN {known} THEN {amount} END)"
        columns += [(of_known, "known"), (f"100.0 * {part} / nullif({of_known}, 0)", "percent of known")]
    sql = _select(columns) + _FROM + _where(ask.base, [each.column for each in ask.keys])
    if not ask.keys:
        return sql
    places = ", ".join(str(index) for index in range(1, len(ask.keys) + 1))
    return f'{sql} GROUP BY {places} ORDER BY "percent" DESC NULLS LAST, {places} LIMIT {MOST_ROWS}'


def _shares(ask: Ask) -> str:
    measure = aggregate(ask.measures[0])
    extra = (f"100.0 * {measure} / nullif(sum({measure}) OVER (), 0)", "percent")
    own = ask.model_copy(update={"conditions": ask.base})
    return _grouped(own, [extra]) + _ordered(ask) + f" LIMIT {MOST_ROWS}"


def _trend(ask: Ask) -> str:
    time, *others = (identifier(key_label(each)) for each in ask.keys)
    value = identifier(measure_label(ask.measures[0]))
    split = f"PARTITION BY {', '.join(others)} " if others else ""
    window = f"({split}ORDER BY {time})"
    changes = (
        f'{value} - lag({value}) OVER {window} AS "change", {value} - first_value({value}) OVER {window} AS "change since first", '
        f'100.0 * ({value} - first_value({value}) OVER {window}) / nullif(first_value({value}) OVER {window}, 0) AS "percent since first"'
    )
    order = ", ".join([*others, time])
    return f"SELECT *, {changes} FROM ({_grouped(ask)}) AS grouped ORDER BY {order} LIMIT {MOST_ROWS}"


def _compare(ask: Ask) -> str:
    value = identifier(measure_label(ask.measures[0]))
    keys = ", ".join(identifier(key_label(each)) for each in ask.keys)
    window = f"(ORDER BY {value} DESC NULLS LAST, {keys})"
    difference = f"{value} - lead({value}) OVER {window}"
    percent = f"100.0 * ({difference}) / nullif(lead({value}) OVER {window}, 0)"
    outer = f'SELECT *, {difference} AS "difference", {percent} AS "difference in percent" FROM ({_grouped(ask)}) AS grouped'
    return f"{outer} ORDER BY {value} DESC NULLS LAST, {keys} LIMIT {MOST_ROWS}"


def _relationship(ask: Ask) -> str:
    x, y = (identifier(each) for each in ask.columns[:2])
    columns = [(f"corr({y}, {x})", "correlation"), (f"regr_slope({y}, {x})", "slope"), ("count(*)", "rows")]
    return _select(columns) + _FROM + _where(ask.conditions, ask.columns)


def _distribution(ask: Ask) -> str:
    name = identifier(ask.columns[0])
    columns = [
        (f"count({name})", "rows"),
        (f"min({name})", "minimum"),
        (f"quantile_cont({name}, 0.25)", "lower quartile"),
        (f"median({name})", "median"),
        (f"quantile_cont({name}, 0.75)", "upper quartile"),
        (f"max({name})", "maximum"),
        (f"max({name}) - min({name})", "range"),
        (f"avg({name})", "mean"),
        (f"stddev_samp({name})", "standard deviation"),
    ]
    return _select(columns) + _FROM + _where(ask.conditions)


def histogram_sql(column: str, conditions: Sequence[Condition], bins: int) -> str:
    """How many rows fall in each of `bins` equally wide parts of the range."""
    name = identifier(column)
    where = _where(conditions, [column])
    limits = f"SELECT min({name}) AS low, (max({name}) - min({name})) / {float(bins)} AS width{_FROM}{where}"
    bin_ = f"CASE WHEN width > 0 THEN least(floor(({name} - low) / width), {bins - 1}) ELSE 0 END"
    rows = f'SELECT low + {bin_} * width AS "from", low + ({bin_} + 1) * width AS "to"{_FROM} CROSS JOIN ({limits}) AS limits{where}'
    return f'SELECT "from", "to", count(*) AS "rows" FROM ({rows}) AS binned GROUP BY 1, 2 ORDER BY 1'


def points_sql(columns: Sequence[str], conditions: Sequence[Condition], most: int) -> str:
    """At most `most` points, evenly taken along the first column."""
    x, y = (identifier(each) for each in columns[:2])
    inner = f"SELECT {x}, {y}, row_number() OVER (ORDER BY {x}, {y}) AS place, count(*) OVER () AS total{_FROM}"
    inner += _where(conditions, columns)
    return f"SELECT {x}, {y} FROM ({inner}) AS placed WHERE (place - 1) % greatest(1, ceil(total / {float(most)})) = 0 ORDER BY place"


def _outliers(ask: Ask) -> str:
    name = identifier(ask.columns[0])
    where = _where(ask.conditions, ask.columns)
    quartiles = f"SELECT quantile_cont({name}, 0.25) AS low, quantile_cont({name}, 0.75) AS high{_FROM}{where}"
    low, high = "low - 1.5 * (high - low)", "high + 1.5 * (high - low)"
    columns = [
        ("count(*)", "rows"),
        (f"count(CASE WHEN {name} < {low} OR {name} > {high} THEN 1 END)", "outliers"),
        (f"count(CASE WHEN {name} < {low} THEN 1 END)", "below"),
        (f"count(CASE WHEN {name} > {high} THEN 1 END)", "above"),
        (f"min({low})", "lower fence"),
        (f"min({high})", "upper fence"),
        (f"min({name})", "minimum"),
        (f"max({name})", "maximum"),
    ]
    return _select(columns) + f"{_FROM} CROSS JOIN ({quartiles}) AS quartiles{where}"


def _missing(ask: Ask) -> str:
    columns = [(f"count(*) - count({identifier(each)})", missing_label(each)) for each in ask.columns]
    total = " + ".join(sql for sql, _ in columns)
    return _select([*columns, (total, "missing in all"), ("count(*)", "rows")]) + _FROM + _where(ask.conditions)


def missing_label(column: str) -> str:
    """What the count of a column's missing values is called in the result."""
    return measure_label(Measure(function="count", column=column)).replace("count of", "missing in", 1)


def _values(ask: Ask) -> str:
    columns = [*_keys(ask.keys), ("count(*)", "rows"), ("count(*) OVER ()", "values")]
    where = _where(ask.conditions, [each.column for each in ask.keys])
    return _select(columns) + _FROM + where + f' GROUP BY 1 ORDER BY "rows" DESC, 1 LIMIT {MOST_ROWS}'


_BUILDERS: dict[str, Callable[[Ask], str]] = {
    "value": _value,
    "summary": _summary,
    "groups": _groups,
    "top groups": _top_groups,
    "extreme groups": _extreme_groups,
    "share": _share,
    "shares": _shares,
    "trend": _trend,
    "compare": _compare,
    "relationship": _relationship,
    "distribution": _distribution,
    "outliers": _outliers,
    "missing": _missing,
    "values": _values,
}
