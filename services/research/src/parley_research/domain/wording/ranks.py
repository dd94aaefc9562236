"""Answers that rank: which group, which row, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from parley_research.domain.asks import Ask, Measure
from parley_research.domain.phrases import measure_phrase, where
from parley_research.domain.prose import Prose, named
from parley_research.domain.table import Table
from parley_research.domain.wording.phrasing import enumerated, figure, keyed, within

_MOST = 25
_ROWS = 10


def top_groups(ask: Ask, prose: Prose, table: Table) -> None:
    measure = ask.measures[0]
    rows = range(1, min(len(prose.result.rows), (ask.limit or 10) + 5, _MOST))
    tied = [row for row in rows if prose.result.cell(row, "rank") == 1]
    keyed(prose, 0, ask.keys, table)
    prose.say(f" has the {_end(ask, measure, table)}{where(ask.conditions, table)}: ")
    figure(prose, 0, measure, table)
    if tied:
        prose.say("; equal with it " + ("are " if len(tied) > 1 else "is "))
        enumerated(prose, tied, lambda row: keyed(prose, row, ask.keys, table))
    if later := [row for row in rows if row not in tied]:
        prose.say(". Then " + ("come " if len(later) > 1 else "comes "))
        _ranked(ask, prose, later, measure, table)
    prose.say(".")


def _end(ask: Ask, measure: Measure, table: Table) -> str:
    if measure.column is None:
        return "most rows" if ask.descending else "fewest rows"
    end = "highest" if ask.descending else "lowest"
    return f"{end} {measure_phrase(measure, table).removeprefix('the ').removeprefix(f'{end} ')}"


def _ranked(ask: Ask, prose: Prose, rows: Sequence[int], measure: Measure, table: Table) -> None:
    def say(row: int) -> None:
        keyed(prose, row, ask.keys, table)
        prose.say(" (")
        figure(prose, row, measure, table)
        prose.say(")")

    enumerated(prose, rows, say)


def extreme_groups(ask: Ask, prose: Prose, table: Table) -> None:
    """Both meanings of "highest": where they name the same group one sentence is enough."""
    extreme, mean = ask.measures
    end, column = "highest" if ask.descending else "lowest", named(str(extreme.column))
    what = {"sum": f"{end} sum of", "max": "highest single", "min": "lowest single"}[extreme.function]
    leading, on_average = _leaders(ask, prose, "rank"), _leaders(ask, prose, "rank by mean")
    if all(prose.result.cell(row, "rows") == 1 for row in range(len(prose.result.rows))):
        prose.say(within(ask.conditions, table, f"the {end} {column}: "))
        _ranked(ask, prose, leading, extreme, table)
    elif leading == on_average and len(leading) == 1:
        prose.say(within(ask.conditions, table, "") if ask.conditions else "")
        keyed(prose, leading[0], ask.keys, table)
        prose.say(f" has both the {what} {column}, ")
        figure(prose, leading[0], extreme, table)
        prose.say(f", and the {end} mean, ")
        figure(prose, leading[0], mean, table)
    else:
        prose.say(within(ask.conditions, table, f"“{end}” can mean two things. By the {what} {column}: "))
        _ranked(ask, prose, leading, extreme, table)
        prose.say(f". By the {end} mean: ")
        _ranked(ask, prose, on_average, mean, table)
    prose.say(".")


def _leaders(ask: Ask, prose: Prose, rank: str) -> list[int]:
    ranks = [int(str(prose.result.cell(row, rank))) for row in range(len(prose.result.rows))]
    first = sorted(range(len(ranks)), key=lambda row: ranks[row])
    return [row for row in first if ranks[row] <= (ask.limit or 10)][:_MOST]


def top_rows(ask: Ask, prose: Prose, table: Table) -> None:
    column = ask.columns[0]
    shown = range(min(len(prose.result.rows), (ask.limit or 1) + 4, _ROWS + (ask.limit or 1)))
    others = [each for each in prose.result.columns if each not in (column, "rank")]
    end = "highest" if ask.descending else "lowest"
    many = "values of " if len(shown) > 1 else ""
    prose.say(within(ask.conditions, table, f"the {end} {many}{named(column)} {'are' if many else 'is'} "))

    def say(row: int) -> None:
        prose.cell(row, column, table.field(column).unit)
        for index, other in enumerate(others):
            prose.say(f"{', ' if index else ' ('}{named(other)} ")
            prose.cell(row, other, "year" if table.field(other).part == "year" else table.field(other).unit)
        prose.say(")" if others else "")

    enumerated(prose, shown, say)
    prose.say(".")
