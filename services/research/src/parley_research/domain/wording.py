"""An answer in plain sentences: what was computed, over which rows, and each number with its cell."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable

from parley_common.contracts.research import Statement
from parley_research.domain.asks import Ask, Key
from parley_research.domain.expressions import key_label, measure_label, short
from parley_research.domain.phrases import having_phrase, measure_phrase, unit_of, where
from parley_research.domain.prose import Prose, named
from parley_research.domain.queries import Query, missing_label
from parley_research.domain.results import Result
from parley_research.domain.table import Table

_SHOWN = 5


def answer(query: Query, result: Result, table: Table) -> Statement:
    """The sentences that answer the question of this query."""
    prose = Prose(result)
    if not result.rows or _nothing(query.ask, result):
        return prose.say(
            f"No rows{where((*query.ask.base, *query.ask.conditions), table)} have a value to answer this with."
        ).statement()
    _WRITERS[query.ask.shape](query.ask, prose, table)
    return prose.statement()


def _nothing(ask: Ask, result: Result) -> bool:
    if ask.shape == "value":
        return all(result.cell(0, measure_label(each)) is None for each in ask.measures)
    column = {"summary": "rows", "distribution": "rows", "outliers": "rows", "share": "percent"}.get(ask.shape)
    if ask.shape == "relationship":
        return result.cell(0, "correlation") is None
    return (
        column is not None
        and column in result.columns
        and not result.cell(0, column)
        and (ask.shape != "share" or result.cell(0, column) is None)
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value(ask: Ask, prose: Prose, table: Table) -> None:
    rows = where(ask.conditions, table)
    measures = list(dict.fromkeys(ask.measures))
    if measures[0].column is None:
        prose.cell(0, "count").say(f" {_rows(prose)} {'is' if prose.result.cell(0, 'rows') == 1 else 'are'} ")
        prose.say(f"there{rows}." if rows else "in the table.")
        return
    for index, measure in enumerate(measures):
        prose.say(_upper(measure_phrase(measure)) if index == 0 else measure_phrase(measure)).say(" is ")
        prose.cell(0, measure_label(measure), unit_of(measure, table))
        last = index == len(measures) - 1
        prose.say("" if last else " and " if index == len(measures) - 2 else ", ")
    prose.say(", over ").cell(0, "rows").say(f" {_rows(prose)}{rows} with a value.")


def _rows(prose: Prose) -> str:
    return "row" if prose.result.cell(0, "rows") == 1 else "rows"


def _summary(ask: Ask, prose: Prose, table: Table) -> None:
    for column in ask.columns:
        unit = table.field(column).unit
        rows = "rows" if len(ask.columns) == 1 else f"rows of {column}"[:60]
        if prose.result.cell(0, rows) == 1:
            prose.say(f"{_upper(named(column))}{where(ask.conditions, table)} is ").cell(
                0, f"maximum of {short(column)}", unit
            ).say(".")
            continue
        prose.say(" " if prose.text else "").say(f"{_upper(named(column))}{where(ask.conditions, table)} has ")
        prose.cell(0, rows).say(" values from ").cell(0, f"minimum of {short(column)}", unit).say(" to ")
        prose.cell(0, f"maximum of {short(column)}", unit).say("; their mean is ")
        prose.cell(0, f"mean of {short(column)}", unit).say(" and their median ")
        prose.cell(0, f"median of {short(column)}", unit).say(".")


def _key(prose: Prose, row: int, keys: list[Key], table: Table) -> None:
    for index, key in enumerate(keys):
        prose.say(" / " if index else "")
        year = key.part == "year" or (key.part is None and table.field(key.column).part == "year")
        if table.field(key.column).flag:
            prose.say(f"{named(key.column)} ")
        part = table.field(key.column).part if key.part is None else key.part
        prose.say(
            f"{part} "
            if part in ("month", "day", "hour") and isinstance(prose.result.cell(row, key_label(key)), int)
            else ""
        )
        prose.cell(row, key_label(key), "year" if year else None)


def _by(keys: list[Key]) -> str:
    return " and ".join(f"{each.part} of {named(each.column)}" if each.part else named(each.column) for each in keys)


def _groups(ask: Ask, prose: Prose, table: Table) -> None:
    """Every group when there are few, else both ends."""
    measure = ask.measures[0]
    count = len(prose.result.rows)
    having = f" ({measure_phrase(measure)} being {having_phrase(ask.having)})" if ask.having else ""
    prose.say(f"By {_by(ask.keys)}{where(ask.conditions, table)}{having}, {measure_phrase(measure)} is ")
    shown = list(range(count)) if count <= 2 * _SHOWN else [*range(_SHOWN), *range(count - 2, count)]
    for place, row in enumerate(shown):
        if place:
            prose.say("; and lowest: " if count > 2 * _SHOWN and place == _SHOWN else ", ")
        _group(ask, prose, row, table)
    prose.say(".")


def _group(ask: Ask, prose: Prose, row: int, table: Table) -> None:
    prose.cell(row, measure_label(ask.measures[0]), unit_of(ask.measures[0], table)).say(" for ")
    _key(prose, row, ask.keys, table)
    rest = [each for each in dict.fromkeys(ask.measures) if each != ask.measures[0]]
    for index, measure in enumerate(rest):
        prose.say(" (" if index == 0 else ", ").say(measure_phrase(measure).removeprefix("the ")).say(" ")
        prose.cell(row, measure_label(measure), unit_of(measure, table))
    prose.say(")" if rest else "")


def _top_groups(ask: Ask, prose: Prose, table: Table) -> None:
    measure = ask.measures[0]
    count = min(len(prose.result.rows), max(ask.limit or 10, 1) + 5, 25)
    end = "most" if ask.descending else "fewest"
    end = end if measure.column is None else "highest" if ask.descending else "lowest"
    what = "rows" if measure.column is None else measure_phrase(measure).removeprefix("the ")
    _key(prose, 0, ask.keys, table)
    prose.say(f" has the {end} {what}{where(ask.conditions, table)}: ").cell(
        0, measure_label(measure), unit_of(measure, table)
    )
    ties = [row for row in range(1, count) if prose.result.cell(row, "rank") == 1]
    _rest(ask, prose, [row for row in range(1, count)], table, tied=len(ties))
    prose.say(".")


def _rest(ask: Ask, prose: Prose, rows: list[int], table: Table, *, tied: int) -> None:
    for index, row in enumerate(rows):
        prose.say("; equal with it are " if index == 0 and tied else "; then " if index == tied else ", ")
        _key(prose, row, ask.keys, table)
        if index >= tied:
            prose.say(" (").cell(row, measure_label(ask.measures[0]), unit_of(ask.measures[0], table)).say(")")


def _extreme_groups(ask: Ask, prose: Prose, table: Table) -> None:
    """Both meanings of "highest": where they name the same group one sentence is enough."""
    extreme, mean = ask.measures
    limit = ask.limit or 10
    count = len(prose.result.rows)
    end = "highest" if ask.descending else "lowest"
    by_extreme = [row for row in range(count) if _rank(prose, row, "rank") <= limit][:25]
    by_mean = sorted(
        (row for row in range(count) if _rank(prose, row, "rank by mean") <= limit),
        key=lambda row: _rank(prose, row, "rank by mean"),
    )[:25]
    single = all(prose.result.cell(row, "rows") == 1 for row in range(count))
    what = {"sum": f"{end} sum of", "max": "largest single", "min": "smallest single"}[extreme.function]
    if single:
        prose.say(f"The {end} {named(str(extreme.column))}{where(ask.conditions, table)}: ")
        _ranked(ask, prose, by_extreme, 0, table)
        prose.say(".")
        return
    same = by_extreme[:1] == by_mean[:1] and len(by_extreme) == len(by_mean) == 1
    if same:
        _key(prose, by_extreme[0], ask.keys, table)
        prose.say(f"{where(ask.conditions, table)} has both the {what} {named(str(extreme.column))}, ")
        prose.cell(by_extreme[0], measure_label(extreme), unit_of(extreme, table)).say(f", and the {end} mean, ")
        prose.cell(by_extreme[0], measure_label(mean), unit_of(mean, table)).say(".")
        return
    prose.say(
        f"“{_upper(end)}” can mean two things{where(ask.conditions, table)}. By the {what} {named(str(extreme.column))}: "
    )
    _ranked(ask, prose, by_extreme, 0, table)
    prose.say(f". By the {end} mean: ")
    _ranked(ask, prose, by_mean, 1, table)
    prose.say(".")


def _rank(prose: Prose, row: int, column: str) -> int:
    return int(str(prose.result.cell(row, column)))


def _ranked(ask: Ask, prose: Prose, rows: list[int], index: int, table: Table) -> None:
    for place, row in enumerate(rows):
        prose.say(", " if place else "")
        _key(prose, row, ask.keys, table)
        prose.say(" (").cell(row, measure_label(ask.measures[index]), unit_of(ask.measures[index], table)).say(")")


def _top_rows(ask: Ask, prose: Prose, table: Table) -> None:
    column = ask.columns[0]
    end = "highest" if ask.descending else "lowest"
    shown = min(len(prose.result.rows), max(ask.limit or 1, 1) + 4)
    prose.say(f"The {end} {named(column)}{where(ask.conditions, table)}: ")
    others = [each for each in prose.result.columns if each not in (column, "rank")]
    for row in range(shown):
        prose.say("; " if row else "").cell(row, column, table.field(column).unit)
        for index, other in enumerate(others):
            prose.say(" (" if index == 0 else ", ").say(f"{named(other)} ")
            prose.cell(row, other, "year" if table.field(other).part == "year" else table.field(other).unit)
        prose.say(")" if others else "")
    prose.say(".")


def _share(ask: Ask, prose: Prose, table: Table) -> None:
    what = "rows" if ask.measures[0].column is None else f"{named(ask.measures[0].column)}"
    of = f"{what}{where(ask.base, table)}"
    part = where(ask.conditions, table).replace(" where ", "", 1)
    if ask.keys:
        prose.say(f"The share of {of} for which {part}, by {_by(ask.keys)}: ")
        for row in range(min(len(prose.result.rows), 2 * _SHOWN)):
            prose.say(", " if row else "").cell(row, "percent", "%").say(" for ")
            _key(prose, row, ask.keys, table)
        prose.say(".")
        return
    prose.cell(0, "percent", "%").say(f" of the {of} are those for which {part}: ")
    prose.cell(0, "part").say(" of ").cell(0, "whole").say(".")
    if "known" in prose.result.columns and prose.result.cell(0, "known") not in (None, prose.result.cell(0, "whole")):
        prose.say(" Of those where this is known it is ").cell(0, "percent of known", "%").say(" (").cell(
            0, "part"
        ).say(" of ").cell(0, "known").say(").")


def _shares(ask: Ask, prose: Prose, table: Table) -> None:
    count = len(prose.result.rows)
    prose.say(f"By {_by(ask.keys)}{where(ask.base, table)}: ")
    for row in range(min(count, 2 * _SHOWN)):
        prose.say(", " if row else "")
        _key(prose, row, ask.keys, table)
        prose.say(" ").cell(row, measure_label(ask.measures[0])).say(" (").cell(row, "percent", "%").say(")")
    prose.say(", and smaller ones." if count > 2 * _SHOWN else ".")


def _trend(ask: Ask, prose: Prose, table: Table) -> None:
    measure, label = ask.measures[0], measure_label(ask.measures[0])
    last = len(prose.result.rows) - 1
    unit = unit_of(measure, table)
    if len(ask.keys) > 1:
        _groups(ask, prose, table)
        return
    if 0 < last < 2 * _SHOWN:
        prose.say(f"By {_by(ask.keys)}{where(ask.conditions, table)}, {measure_phrase(measure)} is ")
        for row in range(last + 1):
            prose.say(", " if row else "").cell(row, label, unit).say(" in ")
            _key(prose, row, ask.keys, table)
        prose.say(". ")
    prose.say(f"{_upper(measure_phrase(measure))}{where(ask.conditions, table)} ")
    if last == 0:
        prose.say("is ").cell(0, label, unit).say(" in ")
        _key(prose, 0, ask.keys, table)
        prose.say(", the only moment there is.")
        return
    prose.say("went from ").cell(0, label, unit).say(" in ")
    _key(prose, 0, ask.keys, table)
    prose.say(" to ").cell(last, label, unit).say(" in ")
    _key(prose, last, ask.keys, table)
    if prose.result.cell(last, "change since first") is not None:
        prose.say(", a change of ").cell(last, "change since first", unit)
    if prose.result.cell(last, "percent since first") is not None:
        prose.say(" (").cell(last, "percent since first", "%").say(")")
    prose.say(".")


def _compare(ask: Ask, prose: Prose, table: Table) -> None:
    measure = ask.measures[0]
    prose.say(f"{_upper(measure_phrase(measure))} is ")
    for row in range(min(len(prose.result.rows), 2 * _SHOWN)):
        prose.say(", " if row else "")
        _group(ask, prose, row, table)
    others = [each for each in ask.conditions if each.column != ask.keys[0].column]
    prose.say(where(others, table))
    if len(prose.result.rows) == 2 and prose.result.cell(0, "difference") is not None:
        prose.say(": a difference of ").cell(0, "difference", unit_of(measure, table))
        if prose.result.cell(0, "difference in percent") is not None:
            prose.say(" (").cell(0, "difference in percent", "%").say(")")
    prose.say(".")


def _relationship(ask: Ask, prose: Prose, table: Table) -> None:
    x, y = (named(each) for each in ask.columns[:2])
    value = float(str(prose.result.cell(0, "correlation")))
    strength = (
        "no" if abs(value) < 0.1 else "a weak" if abs(value) < 0.4 else "a moderate" if abs(value) < 0.7 else "a strong"
    )
    sign = "" if abs(value) < 0.1 else " positive" if value > 0 else " negative"
    prose.say(
        f"There is {strength}{sign} linear relationship between {x} and {y}{where(ask.conditions, table)}: their correlation is "
    )
    prose.cell(0, "correlation").say(", over ").cell(0, "rows").say(" rows that have both.")
    if prose.result.cell(0, "slope") is not None:
        prose.say(f" With each one more of {x}, {y} changes by ").cell(
            0, "slope", table.field(ask.columns[1]).unit
        ).say(" in the fitted line.")


def _distribution(ask: Ask, prose: Prose, table: Table) -> None:
    column = ask.columns[0]
    unit = table.field(column).unit
    prose.say("The ").cell(0, "rows").say(f" values of {named(column)}{where(ask.conditions, table)} lie between ")
    prose.cell(0, "minimum", unit).say(" and ").cell(0, "maximum", unit).say(" (a range of ").cell(
        0, "range", unit
    ).say("); half of them between ")
    prose.cell(0, "lower quartile", unit).say(" and ").cell(0, "upper quartile", unit).say(". Their median is ")
    prose.cell(0, "median", unit).say(", their mean ").cell(0, "mean", unit)
    if prose.result.cell(0, "standard deviation") is not None:
        prose.say(", their standard deviation ").cell(0, "standard deviation", unit)
    prose.say(".")


def _outliers(ask: Ask, prose: Prose, table: Table) -> None:
    unit = table.field(ask.columns[0]).unit
    prose.cell(0, "outliers").say(" of ").cell(0, "rows").say(
        f" values of {named(ask.columns[0])}{where(ask.conditions, table)} are outliers by the IQR rule: "
    )
    prose.cell(0, "below").say(" below ").cell(0, "lower fence", unit).say(" and ").cell(0, "above").say(
        " above "
    ).cell(0, "upper fence", unit)
    prose.say(", which is one and a half times the distance between the quartiles outside of them.")


def _missing(ask: Ask, prose: Prose, table: Table) -> None:
    counts = [(int(str(prose.result.cell(0, missing_label(each)))), each) for each in ask.columns]
    gaps = sorted(((count, each) for count, each in counts if count), key=lambda pair: -pair[0])
    if len(ask.columns) > 1:
        prose.cell(0, "missing in all").say(" values are missing in all, in ").cell(0, "rows").say(
            f" rows{where(ask.conditions, table)}"
        )
        prose.say(": " if gaps else "")
        for index, (_, column) in enumerate(gaps[: 2 * _SHOWN]):
            prose.say(", " if index else "").cell(0, missing_label(column)).say(f" in {named(column)}")
        prose.say(".")
        return
    prose.say(f"{_upper(named(ask.columns[0]))} is missing in ").cell(0, missing_label(ask.columns[0])).say(
        " of "
    ).cell(0, "rows").say(f" rows{where(ask.conditions, table)}.")


def _values(ask: Ask, prose: Prose, table: Table) -> None:
    count = len(prose.result.rows)
    prose.say(f"{_upper(named(ask.keys[0].column))}{where(ask.conditions, table)} ")
    if count == 1:
        prose.say("is ")
    else:
        prose.say("has ").cell(0, "values").say(" different values: ")
    for row in range(min(count, 20)):
        prose.say(", " if row else "")
        _key(prose, row, ask.keys, table)
        prose.say(" (").cell(row, "rows").say(" rows)" if prose.result.cell(row, "rows") != 1 else " row)")
    prose.say(", and more." if count > 20 else ".")


_WRITERS: dict[str, Callable[[Ask, Prose, Table], None]] = {
    "value": _value,
    "summary": _summary,
    "groups": _groups,
    "top groups": _top_groups,
    "extreme groups": _extreme_groups,
    "top rows": _top_rows,
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
