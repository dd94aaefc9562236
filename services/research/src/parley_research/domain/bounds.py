"""Which rows: bounds that are no plain comparison of a column with a number."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.amounts import column_about, in_unit
from parley_research.domain.asks import Condition, Function, Operator
from parley_research.domain.belonging import GLUE
from parley_research.domain.comparing import ANY, OPERATORS, OR, meant, operator_of, size_of
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.reading import C, N, NotUnderstood, Number, Reading


def read_averages(reading: Reading) -> None:
    """ "Heavier than the average", "an above-average tip": compared with the whole column."""
    words = rf"({ANY}) (?:the |its |their |an )?(average|mean|median)"
    verbs = "|".join(MEASURING_VERBS)
    for pattern in (rf"{C} {GLUE}{words}(?: {C})?", rf"({verbs}) {GLUE}{words}(?: {C})?", rf"{words} {C}", words):
        found = reading.find(pattern)
        if not found:
            continue
        named = [each for each in found.groups() if each and (each.isdigit() or each in MEASURING_VERBS)]
        adjective = found[1].split()[0] if not named else ""
        if not named and adjective not in ADJECTIVES:
            return
        compared = [adjective] if adjective else named
        columns = {meant(reading, each, Number(0)) for each in compared}
        amounts = [each for each in columns if each.numeric]
        column = amounts[0] if amounts else columns.pop()
        if len(amounts) != 1:
            raise NotUnderstood("It is not clear what is compared with the average.")
        operator, function = [each for each in found.groups() if each and each not in named][:2]
        than: Function = "median" if function == "median" else "mean"
        condition = Condition(column=column.name, operator=operator_of(operator, OPERATORS), than=than)
        reading.condition(found.start(), condition)
        reading.blank(found.start(), found.end())


def read_punctuality(reading: Reading) -> None:
    """ "Left early", "arrived late", "not late": what a delay is above, below or at most."""
    moves = "|".join(_MOVES)
    times = r"(not late|late|early)"
    for found in iter(
        lambda: reading.find(rf"({moves})(?: too)? {times}") or reading.find(rf"{times} ({moves})"), None
    ):
        move, how = found.groups() if found[1] in _MOVES else found.groups()[::-1]
        fields = [
            each
            for each in reading.table.fields
            if each.numeric and "delay" in each.words and any(_MOVES[move].startswith(part) for part in each.words)
        ]
        if len(fields) != 1:
            return
        operator: Operator = ">" if how == "late" else "<" if how == "early" else "<="
        reading.condition(found.start(), Condition(column=fields[0].name, operator=operator, values=[0]))
        reading.blank(found.start(), found.end())


def read_sizes(reading: Reading, one: str) -> None:
    """ "Parties of more than 4", where a column says of how many a row is."""
    size = size_of(reading)
    larger = reading.find(rf"<r> (bigger than|larger than|smaller than) {N}(?! <c)")
    if size and larger and not reading.numbers[int(larger[2])].unit:
        told: Operator = "<" if larger[1].startswith("smaller") else ">"
        condition = Condition(column=size.name, operator=told, values=[reading.numbers[int(larger[2])].value])
        reading.condition(larger.start(), condition)
        reading.blank(larger.start(), larger.end())
    while size and (found := reading.find(rf"<r> of {one}")):
        words, before, after, alternative = found.groups()
        operator = operator_of(words or alternative, OPERATORS if words else OR)
        value = reading.numbers[int(before or after)].value
        reading.condition(found.start(), Condition(column=size.name, operator=operator, values=[value]))
        reading.blank(found.start(), found.end())


def read_alternatives(reading: Reading) -> None:
    """ "Size 3 or 4", "other than 2008": one of two numbers, or none of them."""
    other = r"(?:is |was |are |were )?(?:other than|except(?: for)?|excluding|not equal to|not|besides)"
    patterns: tuple[tuple[str, Operator], ...] = (
        (rf"{C} (?:number )?(?:(?:is|was|are|of) )?(?:either )?{N} or {N}(?! (?:percent|<c))", "in"),
        (rf"(?:with|have|has|had|having|of) (?:either )?{N} or {N} {C}", "in"),
        (rf"{C} {other} {N}", "not in"),
    )
    for pattern, operator in patterns:
        found = reading.find(pattern)
        if not found:
            continue
        numbers = re.findall(r"<n(\d+)>", found[0])
        column = reading.field(re.findall(r"<c(\d+)>", found[0])[0])
        if column.numeric or column.part or column.label:
            values = [in_unit(reading, reading.numbers[int(each)], column) for each in numbers]
            reading.condition(found.start(), Condition(column=column.name, operator=operator, values=list(values)))
            reading.blank(found.start(), found.end())


def turn_round(reading: Reading) -> None:
    """ "Above latitude 60" is a latitude above 60."""
    found = reading.find(rf"({ANY}) (?:an? |the )?({C})(?: of)? ({N})(?! (?:percent|<c))")
    column = reading.names[int(found[3])].fields if found else ()
    if found and len(column) == 1 and (column[0].numeric or column[0].part):
        turned = f"{found[2]} {found[1]} {found[4]}"
        reading.text = reading.text[: found.start()] + turned.ljust(len(found[0]), "·") + reading.text[found.end() :]


def read_lateness(reading: Reading, one: str) -> None:
    """ "More than 30 minutes late", "delayed by over an hour": what is compared is a delay."""
    for pattern in (rf"(?:delayed|late)(?: by)? {one}", rf"{one} (?:late|delayed)"):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            words, before, after, alternative = found.groups()
            number = reading.numbers[int(before or after)]
            column = column_about(reading, ADJECTIVES["late"][0], "late")
            operator = operator_of(words or alternative, OPERATORS if words else OR)
            value = in_unit(reading, number, column)
            reading.condition(found.start(), Condition(column=column.name, operator=operator, values=[value]))
            reading.blank(found.start(), found.end())


_MOVES = {
    **dict.fromkeys(
        ("left", "leave", "leaving", "departed", "depart", "departing", "departures", "departure"), "departure"
    ),
    **dict.fromkeys(("arrived", "arrive", "arriving", "landed", "arrivals", "arrival"), "arrival"),
}
