"""Answers of one row: values, summaries, how a column is spread, what is missing, what goes together."""

from __future__ import annotations

from parley_research.domain.asks import Ask
from parley_research.domain.doubts import stocked
from parley_research.domain.expressions import measure_label, missing_label, short
from parley_research.domain.lexicon import ADDED_UP
from parley_research.domain.phrases import measure_phrase, where
from parley_research.domain.prose import Prose, named
from parley_research.domain.table import Table
from parley_research.domain.wording.phrasing import capital, enumerated, figure, keyed, within

_MOST_VALUES = 20
_MOST_GAPS = 10
_WEAK, _MODERATE, _STRONG = 0.1, 0.4, 0.7


def value(ask: Ask, prose: Prose, table: Table) -> None:
    measures = list(dict.fromkeys(ask.measures))
    if measures[0].function in ("count", "distinct"):
        _counted(ask, prose, table)
        return
    prose.say(within(ask.conditions, table, ""))

    def say(place: int) -> None:
        phrase = measure_phrase(measures[place], table)
        prose.say(f"{phrase if prose.text else capital(phrase)} is ")
        figure(prose, 0, measures[place], table)

    enumerated(prose, range(len(measures)), say)
    prose.say(" (").cell(0, "rows").say(f" {_rows(prose)}).")


def _counted(ask: Ask, prose: Prose, table: Table) -> None:
    measure = ask.measures[0]
    one = prose.result.cell(0, measure_label(measure)) == 1
    prose.say("There is " if one else "There are ")
    figure(prose, 0, measure, table)
    if measure.column is None:
        prose.say(f" {'row' if one else 'rows'}{where(ask.conditions, table)}.")
    else:
        prose.say(
            f" different {'value' if one else 'values'} of {named(measure.column)}{where(ask.conditions, table)}."
        )


def _rows(prose: Prose) -> str:
    return "row" if prose.result.cell(0, "rows") == 1 else "rows"


def summary(ask: Ask, prose: Prose, table: Table) -> None:
    for column in ask.columns:
        unit, name = table.field(column).unit, short(column)
        rows = "rows" if len(ask.columns) == 1 else f"rows of {column}"[:60]
        prose.say(" " if prose.text else "").say(within(ask.conditions, table, named(column)))
        if prose.result.cell(0, rows) == 1:
            prose.say(" is ").cell(0, f"maximum of {name}", unit).say(".")
            continue
        prose.say(" goes from ").cell(0, f"minimum of {name}", unit).say(" to ").cell(0, f"maximum of {name}", unit)
        prose.say("; its mean is ").cell(0, f"mean of {name}", unit).say(" and its median ")
        prose.cell(0, f"median of {name}", unit).say(" (").cell(0, rows).say(" rows).")
        if set(table.field(column).words[-1:]) & ADDED_UP and not stocked(column, ask, table):
            prose.say(" Together they are ").cell(0, f"sum of {name}", unit).say(".")


def relationship(ask: Ask, prose: Prose, table: Table) -> None:
    x, y = (named(each) for each in ask.columns[:2])
    correlation = float(str(prose.result.cell(0, "correlation")))
    prose.say(within(ask.conditions, table, f"there is {_strength(correlation)} linear relationship "))
    prose.say(f"between {x} and {y}: their correlation is ").cell(0, "correlation").say(" (").cell(0, "rows")
    prose.say(" rows that have both).")
    if prose.result.cell(0, "slope") is not None:
        unit = table.field(ask.columns[1]).unit
        prose.say(f" In the fitted line, {y} changes by ").cell(0, "slope", unit).say(f" with each one more of {x}.")


def _strength(correlation: float) -> str:
    size = abs(correlation)
    if size < _WEAK:
        return "no"
    strength = "a weak" if size < _MODERATE else "a moderate" if size < _STRONG else "a strong"
    return f"{strength} {'positive' if correlation > 0 else 'negative'}"


def distribution(ask: Ask, prose: Prose, table: Table) -> None:
    unit = table.field(ask.columns[0]).unit
    prose.say(within(ask.conditions, table, f"the values of {named(ask.columns[0])} lie between "))
    prose.cell(0, "minimum", unit).say(" and ").cell(0, "maximum", unit).say(", a range of ").cell(0, "range", unit)
    prose.say("; the middle half of them between ").cell(0, "lower quartile", unit).say(" and ")
    prose.cell(0, "upper quartile", unit).say(", an interquartile range of ").cell(0, "interquartile range", unit)
    prose.say(" (").cell(0, "rows").say(" rows). Their median is ").cell(0, "median", unit).say(" and their mean ")
    prose.cell(0, "mean", unit)
    if prose.result.cell(0, "standard deviation") is not None:
        prose.say(", with a standard deviation of ").cell(0, "standard deviation", unit)
    prose.say(".")


def outliers(ask: Ask, prose: Prose, table: Table) -> None:
    unit = table.field(ask.columns[0]).unit
    prose.say(within(ask.conditions, table, "")).cell(0, "outliers").say(" of the ").cell(0, "rows")
    prose.say(f" values of {named(ask.columns[0])} are outliers: ").cell(0, "below").say(" lie below ")
    prose.cell(0, "lower fence", unit).say(" and ").cell(0, "above").say(" above ").cell(0, "upper fence", unit)
    prose.say(", one and a half interquartile ranges outside of the quartiles.")


def missing(ask: Ask, prose: Prose, table: Table) -> None:
    if len(ask.columns) == 1:
        prose.say(within(ask.conditions, table, f"{named(ask.columns[0])} is missing in "))
        prose.cell(0, missing_label(ask.columns[0])).say(" of ").cell(0, "rows").say(f" {_rows(prose)}.")
        return
    counts = [(int(str(prose.result.cell(0, missing_label(each)))), each) for each in ask.columns]
    gaps = [each for count, each in sorted(counts, key=lambda pair: -pair[0]) if count][:_MOST_GAPS]
    prose.say(within(ask.conditions, table, "")).cell(0, "missing in all").say(" values are missing in ")
    prose.cell(0, "rows").say(f" {_rows(prose)}{': ' if gaps else ''}")
    enumerated(
        prose,
        range(len(gaps)),
        lambda place: prose.cell(0, missing_label(gaps[place])).say(f" in {named(gaps[place])}"),
    )
    prose.say(".")


def values(ask: Ask, prose: Prose, table: Table) -> None:
    count = len(prose.result.rows)
    prose.say(within(ask.conditions, table, named(ask.keys[0].column)))
    prose.say(" is ") if count == 1 else prose.say(" has ").cell(0, "values").say(" different values: ")

    def say(row: int) -> None:
        keyed(prose, row, ask.keys, table)
        prose.say(" (").cell(row, "rows").say(" row)" if prose.result.cell(row, "rows") == 1 else " rows)")

    enumerated(prose, range(min(count, _MOST_VALUES)), say)
    prose.say(" and more." if count > _MOST_VALUES else ".")
