"""How many: rows, different values, or what a column of counts adds up to."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Measure
from parley_research.domain.lexicon import ROLES, ROW_NOUNS, WEIGHTS
from parley_research.domain.reading import C, NotUnderstood, Reading
from parley_research.domain.table import Field, Table
from parley_research.domain.words import stem


def weight(table: Table) -> Field | None:
    """The column of a table of counts that says how many each row stands for."""
    return next((each for each in table.fields if each.words in WEIGHTS and each.column.type == "integer"), None)


def units(reading: Reading) -> Measure:
    heavy = weight(reading.table)
    return Measure(function="sum", column=heavy.name) if heavy else Measure(function="count")


def read_count(reading: Reading) -> Measure | None:
    """How many rows, different values, or, for a column of amounts, how much in all."""
    start = r"(?:how many|(?:the )?(?:total )?(?:number|count|counts|amount|tally) of|count(?: up)?(?: of)?|how much)"
    found = reading.find(
        rf"{start} (?:(?:the|all|are|is|in|total|of|there) )*((?:different|distinct|unique|individual|separate|kinds? of|types? of) )*(?:the )?(?:<r> )?{C}"
    )
    if found:
        return _count_of(reading, found)
    found = reading.take(rf"{start} (?:(?:the|all|of|total|different|distinct|unique) )*<r>")
    heavy = weight(reading.table)
    if found:
        return Measure(function="count") if heavy is None or _generic(reading) else _weighed(reading, heavy)
    found = reading.find(
        r"(?:how many|number of|count of|counts?|frequency of|frequencies|how often|how common|how frequent)"
    )
    role = any(stem(word) in ROLES for word in reading.text.split())
    if found and (
        reading.conditions or reading.having or role or re.search(r"·", reading.text) or "them" in reading.text
    ):
        reading.blank(found.start(), found.end())
        return Measure(function="count") if heavy is None or _generic(reading) else _weighed(reading, heavy)
    return None


def received(reading: Reading) -> Measure | None:
    """ "How many votes did Bergeron get", where Bergeron is a column of amounts: what it adds up to."""
    found = reading.find(
        rf"how many (?!percent)(\w+) (?:did|does|do|have|has) {C}(?: (?:get|receive|collect|score|have|earn|got|received))?"
    )
    if not found or not any(each.numeric for each in reading.names[int(found[2])].fields):
        return None
    column = reading.field(found[2])
    reading.blank(found.start(), found.end())
    reading.take(r"(?:in total|in all|overall|altogether|total)")
    reading.notes.append(f"“{column.name}” was taken to hold the number of {found[1]}.")
    return Measure(function="sum", column=column.name)


def _generic(reading: Reading) -> bool:
    """Whether the question speaks of rows as such, even where a row stands for many."""
    rows = [mention.text for mention in reading.names if mention.row]
    return any(text.casefold().rstrip("s") in ROW_NOUNS for text in rows) or any("entr" in text for text in rows)


def _weighed(reading: Reading, column: Field) -> Measure:
    reading.notes.append(f"The table holds counts, so “{column.name}” was added up.")
    return Measure(function="sum", column=column.name)


def _count_of(reading: Reading, found: re.Match[str]) -> Measure:
    fields = [each for each in reading.names[int(found[2])].fields]
    column = fields[0] if len(fields) == 1 else reading.field(found[2])
    lasted = column.part == "year" and re.match(r"[ ·]+(?:did|has|have)(?!\w)", reading.text[found.end() :])
    if lasted and not re.search(r"\b(?:in|for|over) $", reading.text[: found.start()]):
        raise NotUnderstood(f"How long something took is not how many values “{column.name}” has.")
    if found[0].startswith("how many") and not found[1] and column.numeric and column.column.type == "number":
        raise NotUnderstood(f"“{column.name}” is no count: its values are not whole numbers; ask for its sum.")
    if column.part in ("hour", "day", "month", "quarter") and reading.conditions:
        raise NotUnderstood(f"“{column.name}” comes round again, so how many there were is not clear; ask for rows.")
    reading.blank(found.start(), found.end())
    heavy = weight(reading.table)
    if found[1] or not column.numeric or column.label:
        if heavy and not found[1] and reading.conditions and column is not heavy:
            return _weighed(reading, heavy)
        return Measure(function="distinct", column=column.name)
    return Measure(function="sum", column=column.name)
