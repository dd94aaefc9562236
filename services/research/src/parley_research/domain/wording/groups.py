"""Answers by group: every group when there are few, else both ends."""

from __future__ import annotations

from parley_research.domain.asks import Ask
from parley_research.domain.expressions import measure_label
from parley_research.domain.phrases import having_phrase, measure_phrase, unit_of, where
from parley_research.domain.prose import Prose, named
from parley_research.domain.table import Table
from parley_research.domain.wording.phrasing import by, enumerated, figure, keyed, within

_SHOWN = 10
_FIRST, _LAST = 6, 2


def groups(ask: Ask, prose: Prose, table: Table) -> None:
    measure, count = ask.measures[0], len(prose.result.rows)
    having = f" where it is {having_phrase(ask.having)}" if ask.having else ""
    phrase = f"{measure_phrase(measure, table)} by {by(ask.keys)}{having}"
    prose.say(within(ask.conditions, table, phrase) + ": ")
    if count <= _SHOWN:
        enumerated(prose, range(count), lambda row: _group(ask, prose, row, table))
    else:
        enumerated(prose, range(_FIRST), lambda row: _group(ask, prose, row, table))
        prose.say("; the lowest are ")
        enumerated(prose, range(count - _LAST, count), lambda row: _group(ask, prose, row, table))
    prose.say(".")


def _group(ask: Ask, prose: Prose, row: int, table: Table) -> None:
    keyed(prose, row, ask.keys, table)
    prose.say(" ")
    figure(prose, row, ask.measures[0], table)
    rest = list(dict.fromkeys(ask.measures))[1:]
    for index, measure in enumerate(rest):
        prose.say(f"{', ' if index else ' ('}{measure_phrase(measure, table).removeprefix('the ')} ")
        figure(prose, row, measure, table)
    prose.say(")" if rest else "")


def shares(ask: Ask, prose: Prose, table: Table) -> None:
    count = len(prose.result.rows)
    prose.say(within(ask.base, table, f"{measure_phrase(ask.measures[0], table)} by {by(ask.keys)}: "))

    def say(row: int) -> None:
        keyed(prose, row, ask.keys, table)
        prose.say(" ")
        figure(prose, row, ask.measures[0], table)
        prose.say(" (").cell(row, "percent", "%").say(")")

    enumerated(prose, range(min(count, _SHOWN)), say)
    prose.say(", and smaller ones." if count > _SHOWN else ".")


def share(ask: Ask, prose: Prose, table: Table) -> None:
    column = ask.measures[0].column
    what, part = "rows" if column is None else named(column), where(ask.conditions, table)
    if ask.keys:
        prose.say(within(ask.base, table, f"the share of {what}{part} by {by(ask.keys)}: "))
        enumerated(prose, range(min(len(prose.result.rows), _SHOWN)), lambda row: _portion(ask, prose, row, table))
        prose.say(".")
        return
    verb = "are rows" if column is None else "comes from rows"
    prose.cell(0, "percent", "%").say(f" of {what}{where(ask.base, table)} {verb}{part}: ")
    prose.cell(0, "part").say(" of ").cell(0, "whole").say(".")
    if "known" in prose.result.columns and prose.result.cell(0, "known") not in (None, prose.result.cell(0, "whole")):
        prose.say(" Of those where this is known, it is ").cell(0, "percent of known", "%").say(": ")
        prose.cell(0, "part").say(" of ").cell(0, "known").say(".")


def _portion(ask: Ask, prose: Prose, row: int, table: Table) -> None:
    keyed(prose, row, ask.keys, table)
    prose.say(" ").cell(row, "percent", "%")


def compare(ask: Ask, prose: Prose, table: Table) -> None:
    measure = ask.measures[0]
    others = [each for each in ask.conditions if each.column != ask.keys[0].column]
    prose.say(within(others, table, f"{measure_phrase(measure, table)} is "))

    def say(row: int) -> None:
        figure(prose, row, measure, table)
        prose.say(" for ")
        keyed(prose, row, ask.keys, table)

    enumerated(prose, range(min(len(prose.result.rows), _SHOWN)), say)
    if len(prose.result.rows) == 2 and prose.result.cell(0, "difference") is not None:
        prose.say(", a difference of ").cell(0, "difference", unit_of(measure, table), like=measure_label(measure))
        if prose.result.cell(0, "difference in percent") is not None:
            prose.say(" (").cell(0, "difference in percent", "%").say(")")
    if ask.ratio and prose.result.cell(0, "ratio") is not None:
        prose.say("; the ratio of the first to the second is ").cell(0, "ratio")
    prose.say(".")


def trend(ask: Ask, prose: Prose, table: Table) -> None:
    if len(ask.keys) > 1:
        groups(ask, prose, table)
        return
    measure, last = ask.measures[0], len(prose.result.rows) - 1
    unit = unit_of(measure, table)
    phrase = named(str(measure.column)) if ask.single else measure_phrase(measure, table)
    if last == 0:
        prose.say(within(ask.conditions, table, f"{phrase} is "))
        _moment(ask, prose, 0, table)
        prose.say(", the only moment there is.")
        return
    if last < _SHOWN:
        prose.say(within(ask.conditions, table, f"{phrase} by {by(ask.keys)}: "))
        enumerated(prose, range(last + 1), lambda row: _moment(ask, prose, row, table))
        prose.say(". It went from ")
    else:
        prose.say(within(ask.conditions, table, f"{phrase} went from "))
    _moment(ask, prose, 0, table)
    prose.say(" to ")
    _moment(ask, prose, last, table)
    if prose.result.cell(last, "change since first") is not None:
        prose.say(", a change of ").cell(last, "change since first", unit, like=measure_label(measure))
    if prose.result.cell(last, "percent since first") is not None:
        prose.say(" (").cell(last, "percent since first", "%").say(")")
    prose.say(".")


def _moment(ask: Ask, prose: Prose, row: int, table: Table) -> None:
    figure(prose, row, ask.measures[0], table)
    prose.say(" in ")
    keyed(prose, row, ask.keys, table)
