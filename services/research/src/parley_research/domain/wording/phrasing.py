"""What all answers are put together from: conditions in front, groups, figures and lists of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parley_research.domain.asks import Condition, Key, Measure
from parley_research.domain.expressions import key_label, measure_label
from parley_research.domain.phrases import unit_of, where
from parley_research.domain.prose import Prose, named
from parley_research.domain.table import Table


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def within(conditions: Sequence[Condition], table: Table, text: str) -> str:
    """`Where species is Adelie, the mean …`: the beginning of a sentence that holds for some rows only."""
    rows = where(conditions, table).strip()
    return f"{capital(rows)}, {text}" if rows else capital(text)


def by(keys: Sequence[Key]) -> str:
    """`month of date and origin`."""
    return " and ".join(f"{each.part} of {named(each.column)}" if each.part else named(each.column) for each in keys)


def keyed(prose: Prose, row: int, keys: Sequence[Key], table: Table) -> None:
    """The group of a row; bare numbers say what they count."""
    for index, each in enumerate(keys):
        prose.say(" / " if index else "")
        field = table.field(each.column)
        part = each.part or field.part
        number = isinstance(prose.result.cell(row, key_label(each)), int | float)
        if number and part != "year":
            prose.say(f"{part or named(each.column)} ")
        elif field.flag:
            prose.say(f"{named(each.column)} ")
        prose.cell(row, key_label(each), "year" if part == "year" else None)


def figure(prose: Prose, row: int, measure: Measure, table: Table) -> None:
    """What was computed for a row."""
    prose.cell(row, measure_label(measure), unit_of(measure, table))


def enumerated(prose: Prose, rows: Sequence[int], say: Callable[[int], object]) -> None:
    """`a, b and c`, each said by `say`."""
    for place, row in enumerate(rows):
        if place:
            prose.say(" and " if place == len(rows) - 1 else ", ")
        say(row)
