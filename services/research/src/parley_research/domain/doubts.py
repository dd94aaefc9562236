"""Last doubts about a question whose every word is accounted for: what would make its number a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parley_research.domain.asks import Ask, Condition, Measure
from parley_research.domain.lexicon import EVENTS, LINKING, NEVER_ADDED, PER, STOCKS
from parley_research.domain.reading import NotUnderstood, Reading
from parley_research.domain.table import Table
from parley_research.domain.words import name_stems, words

_UNCLEAR = "It is not clear what is to be compared with the number in the question."


def doubt(ask: Ask, reading: Reading) -> None:
    """Refuse what the table has no evidence for, and numbers that mean nothing."""
    if (ask.having and not ask.keys) or (reading.having and ask.having is None):
        raise NotUnderstood(_UNCLEAR)
    for condition in (*ask.conditions, *ask.base):
        _covered(condition, reading.table)
    if reading.conditions and not (ask.conditions or ask.base):
        raise NotUnderstood("The conditions of this question cannot be combined with what it asks for.")
    _reversed(ask)
    _rounds(ask, reading)
    _rates(reading)
    _crossed(ask, reading.table)
    _thing(reading)
    _events(reading)
    _merely_counted(ask, reading)
    for measure in ask.measures:
        _added(measure, ask, reading)
    if any(each.than for each in ask.conditions) and len(ask.conditions) + len(ask.base) > 1:
        raise NotUnderstood("It is not clear of which rows the average is meant; give it as a number.")


def _covered(condition: Condition, table: Table) -> None:
    """Years the table does not reach are not answered with nothing, nor are days there are not."""
    for each in condition.either:
        _covered(each, table)
    field = table.field(condition.column)
    if field.part and field.part != "year" and condition.operator in ("<", "<=", ">", ">=", "between"):
        low, high = field.column.minimum, field.column.maximum
        if not all(low <= each <= high for each in condition.values):  # type: ignore[operator]
            raise NotUnderstood(f"“{field.name}” goes from {low} to {high}; name the column that is compared.")
    if not (field.part == "year" or (field.dated and condition.part in ("year", "day"))):
        return
    first, last = (str(each)[:4] for each in (field.column.minimum, field.column.maximum))
    years = [str(each)[:4] for each in condition.values]
    outside = [each for each in years if not first <= each <= last]
    if first.isdigit() and years and condition.operator in ("in", "between") and len(outside) == len(years):
        raise NotUnderstood(
            f"“{field.name}” goes from “{first}” to “{last}”, and the question is about “{outside[0]}”."
        )


def _reversed(ask: Ask) -> None:
    """Islands with rows that are not Gentoo are not the islands without a Gentoo."""
    listed = ask.shape == "values" or any(each.function == "distinct" for each in ask.measures)
    if listed and any(each.operator == "not in" for each in ask.conditions):
        raise NotUnderstood("Which values have no such row at all is not what a condition on rows tells.")


def _rounds(ask: Ask, reading: Reading) -> None:
    """The 18th of every month is not a day."""
    parts = {each.part: each.name for each in reading.table.fields if each.part}
    fixed = {each.column for each in ask.keys} | {each.column for each in (*ask.conditions, *ask.base)}
    days = [each for each in ask.keys if each.column == parts.get("day")]
    month = parts.get("month")
    if days and month and month not in fixed and not re.search(r"\bday of\b", reading.question, re.I):
        raise NotUnderstood(f"“{parts['day']}” comes round every month; ask for the day of the month, or name a month.")


def _rates(reading: Reading) -> None:
    """A column of whole numbers is a count and no rate."""
    for mention in reading.names:
        rate = re.match(r"\W*(?:rate|percentage)\b", reading.question[mention.end :], re.I)
        whole = mention.fields and all(each.numeric and each.column.type == "integer" for each in mention.fields)
        if rate and whole:
            raise NotUnderstood(f"“{mention.fields[0].name}” holds whole numbers, so it is no rate.")


def _crossed(ask: Ask, table: Table) -> None:
    """ "From the first quarter of 1959 to the third of 2009" is not both quarters of both years."""
    told = {
        each.column for each in (*ask.conditions, *ask.base) if len(each.values) > 1 and table.field(each.column).part
    }
    if len(told) > 1:
        raise NotUnderstood("It is not clear from when to when; name whole years.")


_THINGS = r"(?:table|sheet|file|number|name|field|level|figure|amount)"


def _thing(reading: Reading) -> None:
    """ "Which table number": what is asked for is no word to pass over."""
    for found in re.finditer(rf"\b(?:which|what) ({_THINGS}(?: {_THINGS})?)\b(?! of)", reading.question, re.I):
        if not any(each.start < found.end(1) and found.start(1) < each.end for each in reading.names):
            raise NotUnderstood(f"There is no column or value about “{found[1]}”.")


def _events(reading: Reading) -> None:
    """A verb that tells an event is passed over only where the table is about such events: nobody sold a penguin."""
    about = {part for each in reading.table.fields for part in (*each.words, *name_stems(each.name))}
    about |= reading.table.named
    for verb in _verbs(reading):
        topics = EVENTS.get(verb)
        if topics and not topics & about:
            raise NotUnderstood(f"There is no column or value about “{verb}”.")


def _verbs(reading: Reading) -> Iterator[str]:
    """The words of the question that are no names of the table."""
    for word in words(reading.question):
        if not any(each.start <= word.start < each.end for each in reading.names):
            yield word.text.casefold()


def _merely_counted(ask: Ask, reading: Reading) -> None:
    """ "How many flights arrived" is not how many rows there are."""
    plain = ask.shape == "value" and not (ask.conditions or ask.having or ask.measures[0].column)
    verb = next((each for each in reading.text.split() if each in LINKING and each in EVENTS), None)
    if plain and verb:
        raise NotUnderstood(f"It is not clear which rows “{verb}” is about; name a column or a value.")


def stocked(column: str, ask: Ask, table: Table) -> bool:
    """Whether adding the column up would count the same people once a year."""
    times = {each.name for each in table.fields if each.temporal and each.column.distinct > 1}
    held = ask.base if ask.shape == "share" else (*ask.conditions, *ask.base)
    conditions = [each for each in held if each.operator in ("in", "latest", "earliest")]
    fixed = {each.column for each in ask.keys} | {each.column for each in conditions if len(each.values) < 2}
    return bool(STOCKS & set(table.field(column).words)) and bool(times) and not times & fixed


def _added(measure: Measure, ask: Ask, reading: Reading) -> None:
    """Rates cannot be added up, nor can how many people there were in one year and in the next."""
    if measure.function != "sum" or measure.column is None or measure.over:
        return
    field = reading.table.field(measure.column)
    counted = any(
        re.search(rf"how many {re.escape(each.text)}", reading.question, re.I)
        for each in reading.names
        if field in each.fields
    )
    if counted and field.column.type == "number":
        raise NotUnderstood(f"“{field.name}” is no count: its values are not whole numbers; ask for its sum.")
    spoken = {*field.words, *re.findall(r"[a-z]+", field.name.casefold())}
    if PER & set(field.words) or NEVER_ADDED & spoken:
        raise NotUnderstood(f"“{field.name}” is no amount that adds up; ask for its average.")
    if stocked(measure.column, ask, reading.table):
        raise NotUnderstood(f"“{field.name}” would be added up over several years; name one.")
