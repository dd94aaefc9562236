"""Words that tell what sort of answer is wanted, and what the rules have in common."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Ask, Condition, Key, Measure
from parley_research.domain.reading import Reading
from parley_research.domain.table import Field

RELATED = (
    r"(?:correlations?|correlated?|correlates|relationships?|relations?|related|relates?|associations?|associated|"
    r"depends?|dependent|linked|link|connection|connected|interplay|affects?|influences?|impacts?|impact|effect|interact|"
    r"(?:go|goes|rise|rises|increase|increases|grow|grows|come|comes|vary|varies|move|moves)(?: up| down| along| together)? with|go together)"
)
TREND = (
    r"(?:over time|over the years|over the period|through time|across time|with time|trends?|trending|evolution|evolved?|"
    r"develop(?:ed|ment)?|chang(?:e|ed|es|ing)|grow(?:n|th|ing)?|grew|increas(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|"
    r"declin(?:e|ed|es|ing)|gain(?:s|ed)?|shr[ai]nk|climb(?:s|ed)?|rise|risen|rose|fall|fallen|fell|time series|progress(?:ed|ion)?)"
)
SHARE = r"(?:percent|percentages?|proportions?|portions?|shares?|fractions?|what part)"
COMPARED = r"(?:compared?|comparison|comparing|versus|vs|differences?|differ|differs|different|than|between|higher|lower|larger|smaller|greater|bigger|more|less)"


def fields_left(reading: Reading) -> list[Field]:
    """Every column left, blanked out."""
    fields = [reading.field(number) for number in reading.column_numbers()]
    for number in reading.column_numbers():
        reading.take(f"<c{number}>")
    return list(dict.fromkeys(fields))


def _each_of(conditions: list[Condition], reading: Reading) -> list[Key]:
    """ "Males and females" leaves nobody out, so that each of them is asked for."""
    return [
        Key(column=each.column)
        for each in conditions
        if each.operator == "in"
        and not each.part
        and 1 < len(each.values) == reading.table.field(each.column).column.distinct
    ]


def grouped(reading: Reading, measures: list[Measure], keys: list[Key]) -> Ask:
    conditions = reading.all_conditions()
    if len(keys) < 2 and re.search(r"\band\b", reading.question, re.I):
        keys = [*keys, *_each_of(conditions, reading)]
    if not keys:
        return Ask(shape="value", measures=measures, conditions=conditions, having=reading.having)
    alone = len(keys) == 1 and (keys[0].part not in (None, "weekday") or reading.table.field(keys[0].column).temporal)
    return Ask(
        shape="trend" if alone and not reading.having else "groups",
        measures=measures,
        keys=keys[:2],
        conditions=conditions,
        having=reading.having,
    )
