"""Values, counts and lists: what is asked outright."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Ask, Condition, Function, Measure
from parley_research.domain.counting import read_count, received, units
from parley_research.domain.keys import asked_key, read_keys
from parley_research.domain.lexicon import ADDED_UP
from parley_research.domain.measures import read_measures, spoken_of
from parley_research.domain.reading import C, Reading, key
from parley_research.domain.shapes.saying import fields_left, grouped
from parley_research.domain.table import Field


def measured(reading: Reading) -> Ask | None:
    keys = read_keys(reading)
    measures = read_measures(reading)
    if not measures:
        return None
    keys = keys or asked_key(reading)
    reading.take("<r>")
    if not keys:
        _everyone(reading)
    if {each.column for each in keys} & {each.column for each in measures}:
        return None
    return grouped(reading, measures, keys)


def obtained(reading: Reading) -> Ask | None:
    measure = received(reading)
    return grouped(reading, [measure], read_keys(reading)) if measure else None


def bare_rows(reading: Reading) -> Ask | None:
    """ "Planes with more than 300 seats": how many of them there are."""
    asked = reading.find(r"(?:what|which|who|whom|when|where|how|do|does|did|can|could)")
    if asked:
        return None
    keys = read_keys(reading)
    if not (reading.conditions or keys) or reading.column_numbers() or not reading.take("<r>"):
        return None
    return grouped(reading, [units(reading)], keys)


def _everyone(reading: Reading) -> None:
    """ "The total population of all countries" leaves out none of them: no key and no condition."""
    found = reading.find(rf"(?:of|for|in|among|across|over) (all )?(?:the )?{C}")
    if not found:
        return
    fields = reading.names[int(found[2])].fields
    named = len(fields) == 1 and fields[0].column.type == "text" and fields[0].column.distinct == reading.table.rows
    if named or (found[1] and not any(each.numeric for each in fields)):
        reading.blank(found.start(), found.end())


def counted(reading: Reading) -> Ask | None:
    keys = read_keys(reading)
    count = read_count(reading)
    if reading.having and count is None:
        keys = keys or asked_key(reading)
        count = Measure(function="count") if keys else None
    if count is None:
        return None
    reading.take("<r>")
    return grouped(reading, [count], keys)


def listed(reading: Reading) -> Ask | None:
    """ "Which species are there", "list the islands", "what is the carrier of Delta": values themselves."""
    asked = reading.find(
        rf"(?:which|what|list|show|name|tell)(?: (?:me|is|are|all|every|the|different|distinct|unique|possible|us|out))* {C}"
    ) or (re.match(rf"[ ·]*(?:the |all )*{C}", reading.text) if reading.conditions else None)
    if not asked:
        return None
    columns = fields_left(reading)
    if len(columns) != 1 or columns[0].numeric:
        return None
    reading.blank(asked.start(), asked.end())
    reading.take("<r>")
    conditions = reading.all_conditions()
    return Ask(shape="values", keys=[key(columns[0])], conditions=conditions)


def _ways(column: Field) -> tuple[Function, ...]:
    """What may be meant by "population by continent": the sum as well as the mean."""
    return ("sum", "mean") if set(column.words[-1:]) & ADDED_UP else ("mean",)


def described(reading: Reading) -> Ask | None:
    """An amount named without a word for how: what its values are like."""
    reading.take(
        r"(?:describe|summari[sz]e|summary|statistics|stats|overview|how much|how (?:high|low|large|big|great|strong)|profile)(?: of| for)?"
    )
    keys = read_keys(reading)
    spoken = spoken_of(reading)
    columns = ([spoken] if spoken else []) + fields_left(reading)
    reading.take("<r>")
    if not columns or not all(each.numeric for each in columns):
        return None
    conditions: list[Condition] = reading.all_conditions()
    if keys:
        measures = [Measure(function=way, column=each.name) for each in columns for way in _ways(each)]
        reading.notes.append("The question names no way to combine the rows; their mean is shown.")
        return grouped(reading, measures, keys)
    return Ask(shape="summary", columns=[each.name for each in columns], conditions=conditions)
