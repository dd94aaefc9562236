"""Columns, measures and conditions as SQL expressions, and what they are called in a result."""

# Every name and value of a statement has passed `quoting`.
# ruff: noqa: S608
from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import JsonValue

from parley_research.domain.asks import Condition, Key, Measure, Part
from parley_research.domain.quoting import TABLE, identifier, literal

_LONGEST = 60
NAMES: dict[str, str] = {
    "count": "count",
    "sum": "sum",
    "mean": "mean",
    "median": "median",
    "min": "minimum",
    "max": "maximum",
    "distinct": "number of different values",
    "deviation": "standard deviation",
    "variance": "variance",
    "quantile": "quantile",
    "skewness": "skewness",
    "kurtosis": "kurtosis",
    "missing": "number of missing values",
}
_SQL: dict[str, str] = {
    "sum": "sum({})",
    "mean": "avg({})",
    "median": "median({})",
    "min": "min({})",
    "max": "max({})",
    "distinct": "count(DISTINCT {})",
    "deviation": "stddev_samp({})",
    "variance": "var_samp({})",
    "count": "count({})",
    "skewness": "skewness({})",
    "kurtosis": "kurtosis({})",
    "missing": "count(*) - count({})",
}
_SHOWN: dict[Part, str] = {
    "year": "EXTRACT(year FROM {})",
    "quarter": "strftime({}, '%Y') || '-Q' || CAST(EXTRACT(quarter FROM {}) AS VARCHAR)",
    "month": "strftime({}, '%Y-%m')",
    "weekday": "strftime({}, '%A')",
    "day": "strftime({}, '%Y-%m-%d')",
    "hour": "EXTRACT(hour FROM {})",
}
_COMPARED: dict[Part, str] = {
    "year": "EXTRACT(year FROM {})",
    "quarter": "EXTRACT(quarter FROM {})",
    "month": "EXTRACT(month FROM {})",
    "weekday": "EXTRACT(isodow FROM {})",
    "day": "CAST({} AS DATE)",
    "hour": "EXTRACT(hour FROM {})",
}


def expression(column: str, part: Part | None, *, shown: bool = False) -> str:
    """A column, or a part of its dates: for a result where `shown`, else for a comparison."""
    name = identifier(column)
    if part is None:
        return name
    return (_SHOWN if shown else _COMPARED)[part].replace("{}", name)


def aggregate(measure: Measure) -> str:
    """What is computed; a mean and its like leave out missing values."""
    if measure.column is None:
        return "count(*)"
    name = identifier(measure.column)
    if measure.over:
        return _ratio(measure, name, identifier(measure.over))
    if measure.plus:
        return " + ".join(f"coalesce(sum({identifier(each)}), 0)" for each in (measure.column, *measure.plus))
    if measure.function == "quantile":
        return f"quantile_cont({name}, {literal(measure.at)})"
    return _SQL[measure.function].replace("{}", name)


def _ratio(measure: Measure, part: str, whole: str) -> str:
    scale = "1.0" if measure.ratio else "100.0"
    if measure.function == "sum":
        both = f"{part} IS NOT NULL AND {whole} IS NOT NULL"
        return f"{scale} * sum(CASE WHEN {both} THEN {part} END) / nullif(sum(CASE WHEN {both} THEN {whole} END), 0)"
    return _SQL[measure.function].replace("{}", f"({scale} * {part} / nullif({whole}, 0))")


def short(name: str) -> str:
    """A column's name where it must stay readable: its beginning and a fingerprint when it is long."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 10]}… {hashlib.sha256(name.encode()).hexdigest()[:6]}"


def key_label(key: Key) -> str:
    """What a group is called in a result; never what a measure or the row count is called."""
    name = short(key.column)
    name = f"{key.part} of {name}" if key.part else name
    return f"{name} (group)" if name.casefold() in _RESERVED else name


_RESERVED = frozenset(
    {
        "rows",
        "rank",
        "rank by mean",
        "percent",
        "percent of known",
        "part",
        "whole",
        "known",
        "change",
        "values",
        "count",
    }
    | {"change since first", "percent since first", "difference", "difference in percent", "ratio"}
)


def measure_label(measure: Measure) -> str:
    """What a measure is called in a result."""
    if measure.column is None:
        return "count"
    name = NAMES[measure.function]
    if measure.plus:
        return f"sum of all {len(measure.plus) + 1}"
    if measure.ratio:
        return f"{name} of {short(measure.column)} by {short(str(measure.over))}"
    if measure.over:
        return f"{name} of {short(measure.column)} in percent of {short(measure.over)}"
    name = f"quantile {measure.at}" if measure.function == "quantile" else name
    return f"{name} of {short(measure.column)}"


def conjunction(conditions: Sequence[Condition], of: str | None = None) -> str:
    """All conditions as one test; `of` is what they test when it is no column."""
    return " AND ".join(f"({_test(each, of)})" for each in conditions)


def _test(condition: Condition, of: str | None) -> str:
    if condition.operator == "either":
        return " OR ".join(f"({_test(each, None)})" for each in condition.either)
    left = of or expression(condition.column, condition.part)
    if condition.operator == "missing":
        return f"{left} IS NULL"
    if condition.operator == "present":
        return f"{left} IS NOT NULL"
    if condition.operator in ("latest", "earliest"):
        function = "max" if condition.operator == "latest" else "min"
        return f"{left} = (SELECT {function}({left}) FROM {identifier(TABLE)})"
    if condition.than:
        whole = aggregate(Measure(function=condition.than, column=condition.column))
        return f"{left} {condition.operator} (SELECT {whole} FROM {identifier(TABLE)})"
    values = [_constant(each, condition) for each in condition.values]
    if condition.operator == "between":
        return f"{left} BETWEEN {values[0]} AND {values[1]}"
    if condition.operator in ("in", "not in"):
        return f"{left} {condition.operator.upper()} ({', '.join(values)})"
    return f"{left} {condition.operator} {values[0]}"


def _constant(value: JsonValue, condition: Condition) -> str:
    return f"CAST({literal(value)} AS DATE)" if condition.part == "day" else literal(value)


def missing_label(column: str) -> str:
    """What the count of a column's missing values is called in a result."""
    return f"missing in {short(column)}"
