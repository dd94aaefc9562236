"""Which column of amounts is meant, and a number in its unit."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.lexicon import MOVEMENTS, PERSON_NOUNS, ROLES, WORTH
from parley_research.domain.reading import NotUnderstood, Number, Reading
from parley_research.domain.table import Field
from parley_research.domain.words import stem

# Who is under 40 is of an age.
PEOPLE_NOUNS = PERSON_NOUNS | ROLES
# What a delay in minutes is on average, at most.
_MOST_MINUTES = 300


def column_about(reading: Reading, topics: frozenset[str], word: str) -> Field:
    """The one numeric column a word like "heavier" speaks of."""
    exact = [each for each in reading.table.fields if each.numeric and set(each.words) & topics]
    if len(exact) > 1:
        named = [each for each in exact if each.words[-1] in topics or each.words[0] in topics]
        said = " ".join([reading.text, *(each.text.casefold() for each in reading.names if len(each.fields) > 1)])
        alluded = [each for each in exact if _alluded(each, topics, said)]
        exact = alluded if len(alluded) == 1 else exact
        spoken = {field for mention in reading.names for field in mention.fields if len(mention.fields) == 1}
        exact = [each for each in exact if each in spoken] or (named if len(named) == 1 else exact)
    if len(exact) == 1:
        return exact[0]
    if exact:
        names = ", ".join(f"“{each.name}”" for each in exact)
        raise NotUnderstood(f"“{word}” could speak of several columns ({names}); name the one you mean.")
    raise NotUnderstood(f"There is no column that tells what is “{word}”.")


def _alluded(field: Field, topics: frozenset[str], text: str) -> bool:
    """Whether the text speaks of what tells this column from others like it: arrived of arr_delay."""
    others = [each for each in field.words if each not in topics and len(each) > 2]
    said = {MOVEMENTS.get(each, each) for each in re.findall(r"[^\W\d_]+", text)}
    return bool(others) and all(any(word.startswith(each) for word in said) for each in others)


def by_unit(reading: Reading, number: Number) -> Field:
    fields = [each for each in reading.table.fields if each.numeric and each.unit and each.unit == number.unit]
    rows = [each for each in reading.table.fields if each.numeric and each.words == (reading.table.noun,)]
    rows = [each for each in rows if each.column.type == "number"]  # a flight's number is no amount
    called = {stem(each.text) for each in reading.names if each.row}
    rows = rows if called <= {reading.table.noun} else []  # parties above 4 are not tips above 4
    if number.unit in (None, "years") and any(each.row and stem(each.text) in PEOPLE_NOUNS for each in reading.names):
        fields = fields or [each for each in reading.table.fields if each.words == ("age",) and each.numeric]
    if number.unit == "°":
        fields = fields or [each for each in reading.table.fields if each.words == ("temperature",) and each.numeric]
    fields = fields or rows  # tips above 5: the rows go by the name of an amount
    if len(fields) == 1:
        return fields[0]
    raise NotUnderstood(f"It is not clear which column is to be compared with “{number.text}”.")


def in_unit(reading: Reading, number: Number, column: Field) -> int | float:
    if number.unit in (None, column.unit) or (number.unit == "°" and "temperature" in column.words):
        return number.value
    ours, theirs = WORTH.get(column.unit or ""), WORTH.get(number.unit)
    if ours and theirs and ours[0] == theirs[0]:
        value = round(number.value * theirs[1] / ours[1], 9)
        reading.notes.append(
            f"“{column.name}” is in {column.unit}, so the {number.unit} of the question were converted."
        )
        return int(value) if float(value).is_integer() else value
    if column.unit is None and number.unit in ("h", "s"):
        return _in_minutes(reading, number, column)
    if column.unit is None:
        reading.notes.append(f"The table does not say the unit of “{column.name}”; it was compared as it stands.")
        return number.value
    raise NotUnderstood(f"“{column.name}” is in {column.unit}, which cannot be compared with {number.unit}.")


def _in_minutes(reading: Reading, number: Number, column: Field) -> int | float:
    """Delays without a unit are kept in minutes; of other columns nobody knows whether hours are their unit."""
    if "delay" not in column.words or not abs(column.column.mean or 0) < _MOST_MINUTES:
        raise NotUnderstood(f"The table does not say the unit of “{column.name}”; give the number without one.")
    reading.notes.append(f"“{column.name}” was taken to be in minutes; the table does not say so.")
    value = number.value * WORTH[str(number.unit)][1] / WORTH["min"][1]
    return int(value) if float(value).is_integer() else value
