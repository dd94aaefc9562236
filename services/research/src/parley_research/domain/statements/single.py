"""Statements whose result is one row: values, summaries, how a column is spread, what goes together."""

# Every name and value of a statement has passed `quoting`.
# ruff: noqa: S608, E501
from __future__ import annotations

from collections.abc import Sequence

from parley_research.domain.asks import Ask, Condition, Measure
from parley_research.domain.expressions import aggregate, measure_label, missing_label
from parley_research.domain.quoting import identifier
from parley_research.domain.statements.clauses import FROM, columns_of, select, used, where


def value(ask: Ask) -> str:
    return select([*columns_of(ask), used(ask)]) + FROM + where(ask.conditions)


def summary(ask: Ask) -> str:
    columns = []
    for name in ask.columns:
        for function in ("min", "mean", "median", "max", "sum"):
            measure = Measure(function=function, column=name)
            columns.append((aggregate(measure), measure_label(measure)))
        columns.append((f"count({identifier(name)})", "rows" if len(ask.columns) == 1 else f"rows of {name}"[:60]))
    return select(columns) + FROM + where(ask.conditions)


def relationship(ask: Ask) -> str:
    x, y = (identifier(each) for each in ask.columns[:2])
    columns = [(f"corr({y}, {x})", "correlation"), (f"regr_slope({y}, {x})", "slope"), ("count(*)", "rows")]
    return select(columns) + FROM + where(ask.conditions, ask.columns)


def distribution(ask: Ask) -> str:
    name = identifier(ask.columns[0])
    columns = [
        (f"count({name})", "rows"),
        (f"min({name})", "minimum"),
        (f"quantile_cont({name}, 0.25)", "lower quartile"),
        (f"median({name})", "median"),
        (f"quantile_cont({name}, 0.75)", "upper quartile"),
        (f"quantile_cont({name}, 0.75) - quantile_cont({name}, 0.25)", "interquartile range"),
        (f"max({name})", "maximum"),
        (f"max({name}) - min({name})", "range"),
        (f"avg({name})", "mean"),
        (f"stddev_samp({name})", "standard deviation"),
    ]
    return select(columns) + FROM + where(ask.conditions)


def histogram_sql(column: str, conditions: Sequence[Condition], bins: int) -> str:
    """How many rows fall in each of `bins` equally wide parts of the range."""
    name = identifier(column)
    among = where(conditions, [column])
    limits = f"SELECT min({name}) AS low, (max({name}) - min({name})) / {float(bins)} AS width{FROM}{among}"
    bin_ = f"CASE WHEN width > 0 THEN least(floor(({name} - low) / width), {bins - 1}) ELSE 0 END"
    rows = f'SELECT low + {bin_} * width AS "from", low + ({bin_} + 1) * width AS "to"{FROM} CROSS JOIN ({limits}) AS limits{among}'
    return f'SELECT "from", "to", count(*) AS "rows" FROM ({rows}) AS binned GROUP BY 1, 2 ORDER BY 1'


def points_sql(columns: Sequence[str], conditions: Sequence[Condition], most: int) -> str:
    """At most `most` points, evenly taken along the first column."""
    x, y = (identifier(each) for each in columns[:2])
    inner = f"SELECT {x}, {y}, row_number() OVER (ORDER BY {x}, {y}) AS place, count(*) OVER () AS total{FROM}"
    inner += where(conditions, columns)
    return f"SELECT {x}, {y} FROM ({inner}) AS placed WHERE (place - 1) % greatest(1, ceil(total / {float(most)})) = 0 ORDER BY place"


def outliers(ask: Ask) -> str:
    name = identifier(ask.columns[0])
    rows = where(ask.conditions, ask.columns)
    quartiles = f"SELECT quantile_cont({name}, 0.25) AS low, quantile_cont({name}, 0.75) AS high{FROM}{rows}"
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
    return select(columns) + f"{FROM} CROSS JOIN ({quartiles}) AS quartiles{rows}"


def missing(ask: Ask) -> str:
    columns = [(f"count(*) - count({identifier(each)})", missing_label(each)) for each in ask.columns]
    total = " + ".join(sql for sql, _ in columns)
    return select([*columns, (total, "missing in all"), ("count(*)", "rows")]) + FROM + where(ask.conditions)
