"""By what the rows are grouped, as the question says it."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Key, Part
from parley_research.domain.lexicon import TRAILING
from parley_research.domain.moments import time_column
from parley_research.domain.reading import BLANK, C, Reading, key, said
from parley_research.domain.table import Field

BETWEEN = r"(?: (?:and|,|or|and the|, the|, and|, and the) )"
BY = (
    r"(?:by|per|for each of the|for each of|for (?:each|every) combination of|for each|in each|of each|at each|on each|from each|for every|in every|for all the|each|every|across|among|"
    r"grouped by|broken down by|split by|depending on|over|for different|for the different|"
    r"in different|between|for all|with respect to)"
)
# "Across the states" is all of them, where each row is a state.
_WHOLE = frozenset({"across", "over", "among", "for", "of"})
_GRAINS: dict[str, Part] = {
    "year": "year",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "quarter": "quarter",
    "quarterly": "quarter",
    "month": "month",
    "monthly": "month",
    "day of the week": "weekday",
    "weekday": "weekday",
    "day": "day",
    "daily": "day",
    "date": "day",
    "hour": "hour",
    "hourly": "hour",
}


def read_keys(reading: Reading, *, amounts: bool = True) -> list[Key]:
    """What the rows are grouped by: "by island and sex", "in each month"; by amounts only where `amounts` may be."""
    keys: list[Key] = []
    pattern = rf"{BY} (?:(?:the|different|various|individual|single|type of|kind of|levels of|number of|count of) )*{C}(?:{BETWEEN}(?:by )?{C})?"
    for found in iter(lambda: reading.find(pattern), None):
        first = reading.names[int(found[1])].fields
        if all(_numeric(each) for each in first) and found[0].split()[0] not in (
            "by",
            "per",
            "for",
            "in",
            "each",
            "every",
        ):
            break
        if all(each.numeric for each in first) and not amounts:
            break
        whole = found[0].split()[0] in _WHOLE or (
            found[0].startswith("per") and reading.find(r"(?:on average|average|mean)")
        )
        if whole and len(first) == 1 and first[0].column.distinct == reading.table.rows:
            reading.blank(found.start(), reading.text.index(f"<c{found[1]}>") + len(f"<c{found[1]}>"))
            continue
        fields = [reading.field(each) for each in found.groups() if each]
        second = found[2] and _numeric(fields[1])
        end = found.end() if not second else reading.text.index(f"<c{found[1]}>") + len(f"<c{found[1]}>")
        keys += [key(each) for each in (fields[:1] if second else fields)]
        behind = re.match(rf" {C}(?![\w>])", reading.text[end:])
        if behind and reading.names[int(behind[1])].text.casefold() in TRAILING:
            end += behind.end()  # "each engine type" is each engine
        reading.blank(found.start(), end)
    return keys + _grain(reading, keys)


def _numeric(field: Field) -> bool:
    return field.numeric and not field.flag and field.column.distinct > 25


def _grain(reading: Reading, keys: list[Key]) -> list[Key]:
    words = "|".join(_GRAINS)
    found = reading.find(
        rf"(?:{BY}|which|what|in which|in what|on which|on what) (?:the )?({words})s?"
    ) or reading.find(r"(yearly|annual|annually|quarterly|monthly|daily|hourly)")
    if not found:
        return []
    part = _GRAINS[said(found[1])]
    column = time_column(reading, part)
    if column is None:
        return []
    reading.blank(found.start(), found.end())
    return [key(column, None if column.part == part else part)]


def asked_key(reading: Reading) -> list[Key]:
    """The column after "which" or "what", taken as what is asked for."""
    found = reading.find(
        rf"(?:in |on |from |at |for |of )?(?:which|what|who)(?: (?:is|are|was|were))?(?: the)?(?: (?:most|least) (?:common|frequent|popular))?(?: kind of| type of)? {C}"
    )
    if not found:
        return []
    fields = reading.names[int(found[1])].fields
    superlative = BLANK in found[0] and all(each.numeric for each in fields)
    if superlative or all(_numeric(each) for each in fields):
        return []
    column = reading.field(found[1])
    reading.blank(found.start(), found.end())
    return [key(column)]
