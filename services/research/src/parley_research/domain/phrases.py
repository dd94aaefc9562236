"""Conditions and measures in words; what stands here repeats the question and is no finding."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from parley_research.domain.asks import Ask, Condition, Measure
from parley_research.domain.dated import MONTHS
from parley_research.domain.expressions import NAMES
from parley_research.domain.figures import readable
from parley_research.domain.lexicon import WEEKDAYS
from parley_research.domain.prose import listed, named, named_value
from parley_research.domain.table import Field, Table

_WORDS = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "missing": "missing",
    "present": "known",
    "latest": "the latest",
    "earliest": "the earliest",
}
_MOMENTS = {"<": "before", "<=": "up to", ">": "after", ">=": "from", "between": "between"}


def where(conditions: Sequence[Condition], table: Table) -> str:
    """` where species is Adelie and year is 2007`, or nothing."""
    told = [condition_phrase(each, table) for each in conditions]
    return f" where {listed(told)}" if told else ""


def condition_phrase(condition: Condition, table: Table) -> str:
    """One condition in words."""
    if condition.operator == "either":
        return " or ".join(condition_phrase(each, table) for each in condition.either)
    field = table.field(condition.column)
    name = named(condition.column)
    if condition.part and condition.part != "day":
        name = f"the {condition.part} of {name}"
    values = [_value(each, condition, field) for each in condition.values]
    timed = field.temporal or condition.part in ("year", "day")
    if condition.operator == "in":
        return f"{name} is {_either(values)}"
    if condition.operator == "not in":
        return f"{name} is not {_either(values)}"
    if condition.operator == "between":
        return f"{name} is from {values[0]} to {values[1]}"
    if condition.than:
        return f"{name} is {_WORDS[condition.operator]} its {NAMES[condition.than]}"
    word = _MOMENTS.get(condition.operator) if timed else None
    return " ".join([name, "is", word or _WORDS[condition.operator], *values])


def _either(values: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


def _value(value: JsonValue, condition: Condition, field: Field) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return named_value(value)
    if condition.part == "month" or (field.part == "month" and condition.part is None):
        return MONTHS[int(value) - 1].capitalize()
    if condition.part == "weekday":
        return WEEKDAYS[int(value) - 1].capitalize()
    if condition.part or field.part or field.label:
        return str(value)
    return f"{readable(value)} {unit}" if (unit := field.unit) and unit not in ("$", "€", "£") else readable(value)


def having_phrase(condition: Condition) -> str:
    """A condition on what was computed."""
    return f"{_WORDS.get(condition.operator, 'exactly')} {readable(float(str(condition.values[0])))}"


_SAID = {
    "sum": "the sum of {}",
    "mean": "the mean {}",
    "median": "the median {}",
    "min": "the lowest {}",
    "max": "the highest {}",
    "distinct": "the number of different values of {}",
    "deviation": "the standard deviation of {}",
    "variance": "the variance of {}",
    "skewness": "the skewness of {}",
    "kurtosis": "the excess kurtosis of {}",
    "missing": "the number of missing values of {}",
}


def measure_phrase(measure: Measure, table: Table) -> str:
    """`the mean body_mass_g`, `the number of rows`, `the latest date`."""
    if measure.column is None:
        return "the number of rows"
    name = named(measure.column)
    if measure.plus:
        return f"the sum of {listed([named(each) for each in (measure.column, *measure.plus)])} together"
    if measure.ratio:
        name = f"ratio of {name} to {named(str(measure.over))}"
        return f"the {name}, all in all," if measure.function == "sum" else _SAID[measure.function].format(name)
    if measure.over:
        name = f"{name} as a percentage of {named(measure.over)}"
        return f"the total of {name}" if measure.function == "sum" else _SAID[measure.function].format(name)
    if measure.function == "quantile":
        return f"the {_percentile(measure)} of {name}"
    if table.field(measure.column).temporal and measure.function in ("min", "max"):
        return f"the {'earliest' if measure.function == 'min' else 'latest'} {name}"
    return _SAID[measure.function].format(name)


def _percentile(measure: Measure) -> str:
    number = round((measure.at or 0) * 100)
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} percentile"


def unit_of(measure: Measure, table: Table) -> str | None:
    """What stands behind a figure of this measure."""
    if measure.column is None or measure.ratio:
        return None
    if measure.function in ("distinct", "variance", "skewness", "kurtosis", "missing"):
        return None
    if measure.over:
        return "%"
    field = table.field(measure.column)
    if field.part == "year" and measure.function in ("min", "max"):
        return "year"
    return field.unit


def given(ask: Ask, table: Table) -> set[str]:
    """Phrases of an answer whose digits repeat the question: its conditions and how many were asked for."""
    phrases = {condition_phrase(each, table) for each in (*ask.conditions, *ask.base)}
    if ask.having:
        phrases.add(having_phrase(ask.having))
    phrases |= {_percentile(each) for each in ask.measures if each.function == "quantile"}
    return phrases | {each.column for each in (*ask.conditions, *ask.base)} | set(ask.columns)
