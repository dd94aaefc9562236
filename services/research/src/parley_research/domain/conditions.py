"""Which rows: comparisons with numbers, and values that are missing."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.amounts import by_unit, column_about, in_unit
from parley_research.domain.asks import Condition, Operator
from parley_research.domain.belonging import GLUE, read_flags, read_values
from parley_research.domain.bounds import (
    read_alternatives,
    read_averages,
    read_lateness,
    read_punctuality,
    read_sizes,
    turn_round,
)
from parley_research.domain.comparing import ANY, OPERATORS, OR, meant, operator_of, size_of
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.reading import C, N, NotUnderstood, Number, Reading, V, merged
from parley_research.domain.table import Field

_AGGREGATE = r"(?:average|mean|avg|median|typical|total|sum)(?: of)?(?: the)? $"


def read_conditions(reading: Reading) -> None:
    """Take every condition that names its column, or leaves only one."""
    reading.take(r"(?:takes?|took|taking) (?:part|place)")
    _missing(reading)
    read_averages(reading)
    read_punctuality(reading)
    _ranges(reading)
    _comparisons(reading)
    _signs(reading)
    _equalities(reading)
    read_values(reading)
    read_flags(reading)
    _alternatives(reading)


def _alternatives(reading: Reading) -> None:
    """ "Male or on Dream": either is enough, where the question has just these two conditions."""
    for word in re.finditer(r"(?<!\w)or(?!\w)", reading.text):
        placed = sorted(reading.conditions, key=lambda each: each[0])
        before = [each for each in placed if each[0] < word.start()]
        after = [each for each in placed if each[0] > word.start()]
        if not before or not after or merged([one := before[-1][1], other := after[0][1]]) != [one, other]:
            continue
        if len(placed) > 2 or "not in" in (one.operator, other.operator):
            raise NotUnderstood("It is not clear which of the conditions are alternatives; ask for one at a time.")
        either = Condition(column=one.column, operator="either", either=[one, other])
        reading.conditions = [(before[-1][0], either)]
        return


def _missing(reading: Reading) -> None:
    without = rf"(?:without|with no|have no|has no|had no|having no|lack|lacking) (?:(?:a|an|any|known|recorded|the) )*{C}(?! {V})"
    gone = r"(?:missing|null|unknown|empty|not known|not recorded|not given|blank)"
    for pattern in (
        without,
        rf"{C} (?:is|are|was|were) {gone}",
        rf"(?:is|are|was|were) (?:the |an? )?{C} {gone}",
        rf"(?:with|of) (?:an? )?(?:unknown|missing) {C}",
    ):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            column = reading.field(found[1])
            reading.condition(found.start(), _without(column))
            reading.blank(found.start(), found.end())
    for found in iter(lambda: reading.find(rf"(?:known|recorded|available) {C}"), None):
        reading.condition(found.start(), Condition(column=reading.field(found[1]).name, operator="present"))
        reading.blank(found.start(), found.end())


def _without(column: Field) -> Condition:
    """Having no children is having 0 of them, where children are counted; else their number is not known."""
    if column.flag:
        return Condition(column=column.name, operator="in", values=[column.no])
    if not column.numeric or column.column.minimum != 0:
        return Condition(column=column.name, operator="missing")
    if column.column.missing:
        raise NotUnderstood(f"“{column.name}” is 0 in some rows and missing in others; say which of them you mean.")
    return Condition(column=column.name, operator="in", values=[0])


def _ranges(reading: Reading) -> None:
    pair = rf"(?:between|from) {N} (?:and|to) {N}"
    verbs = "|".join(MEASURING_VERBS)
    aged = rf"(aged) {N} (?:to|and) {N}"
    for pattern in (rf"{C} {GLUE}{pair}", rf"{pair} {C}", rf"({verbs}) {pair}", aged, pair):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            groups = list(found.groups())
            ends = groups[:2] if pattern.endswith(C) else groups[-2:]
            rest = groups[2:] if pattern.endswith(C) else groups[:-2]
            numbers = [reading.numbers[int(each)] for each in ends]
            column = meant(reading, rest[0], numbers[1]) if rest else by_unit(reading, numbers[1])
            unit = numbers[1].unit
            low, high = (in_unit(reading, Number(each.value, each.unit or unit), column) for each in numbers)
            condition = Condition(column=column.name, operator="between", values=[low, high])
            reading.condition(found.start(), condition)
            reading.blank(found.start(), found.end())


def _comparisons(reading: Reading) -> None:
    verbs = "|".join(MEASURING_VERBS)
    one = rf"(?:({ANY}) {N}|{N} ({'|'.join(pattern for pattern, _ in OR)}))"
    turn_round(reading)
    read_lateness(reading, one)
    read_sizes(reading, one)
    patterns = [
        rf"{C} (?:in \w+ )?{GLUE}{one}",
        rf"{one} (?:of |in |on )?(?:the )?{C}",
        rf"({verbs}) {GLUE}{one}",
        rf"{one} <r>",
        one,
    ]
    for index, pattern in enumerate(patterns):
        for found in iter(lambda pattern=pattern, index=index: _comparable(reading, pattern, index), None):  # type: ignore[misc]
            _compare(reading, found, index)


def _comparable(reading: Reading, pattern: str, kind: int) -> re.Match[str] | None:
    """The next comparison; "states are more than 80 urban" compares what stands behind, for a state is no amount."""
    found = reading.find(pattern)
    if found and kind == 0:
        named = reading.names[int(found[1])].fields
        behind = re.match(rf" {C}", reading.text[found.end() :])
        amounts = behind and all(each.numeric for each in reading.names[int(behind[1])].fields)
        if amounts and not any(each.numeric or each.part for each in named):
            return None
    return found


def _compare(reading: Reading, found: re.Match[str], kind: int) -> None:
    named = found[1] if kind in (0, 2) else found.groups()[-1] if kind == 1 else None
    words, before, after, alternative = found.groups()[1:5] if kind in (0, 2) else found.groups()[:4]
    number = reading.numbers[int(before or after)]
    operator = operator_of(words or alternative, OPERATORS if words else OR)
    aggregate = re.search(_AGGREGATE, reading.text[: found.start()])
    again = _same_again(reading, found.start()) if kind >= 3 else None
    if again:
        value = in_unit(reading, number, again)
        reading.condition(found.start(), Condition(column=again.name, operator=operator, values=[value]))
        reading.blank(found.start(), found.end())
        return
    if kind == 3 and (size := size_of(reading)):
        reading.condition(found.start(), Condition(column=size.name, operator=operator, values=[number.value]))
        reading.blank(found.start(), found.end())
        return
    if kind == 3:
        reading.having = Condition(column="", operator=operator, values=[number.value])
        reading.blank(found.start(), found.end())
        return
    adjective = (words or "").split(" ")[0]
    if adjective in ADJECTIVES:
        reading.narrow(ADJECTIVES[adjective][0])
    if kind == 4 and adjective in ("higher", "lower") and _towering(reading):
        adjective = "tall"
    if kind == 4 and adjective in ADJECTIVES:
        column = column_about(reading, ADJECTIVES[adjective][0], adjective)
    else:
        column = meant(reading, named, number)
    if column.dated or (not column.numeric and column.part is None):
        raise NotUnderstood(f"“{column.name}” holds no amounts that could be compared with “{number.text}”.")
    condition = Condition(column=column.name, operator=operator, values=[in_unit(reading, number, column)])
    if aggregate:
        reading.having = condition
        reading.blank(found.start() + len(f"<c{named}>"), found.end())
        return
    reading.condition(found.start(), condition)
    reading.blank(found.start(), found.end())


def _same_again(reading: Reading, position: int) -> Field | None:
    """ "Over 30 and under 40" is twice about one column."""
    last = max((each for each in reading.conditions if each[0] < position), key=lambda each: each[0], default=None)
    joined = re.search(r"· (?:and|but|or) (?:is |are )?$", reading.text[:position])
    compared = last and joined and last[1].operator in ("<", "<=", ">", ">=") and not last[1].part
    return reading.table.field(last[1].column) if last and compared else None


def _towering(reading: Reading) -> bool:
    return any(set(each.words) & ADJECTIVES["tall"][0] for each in reading.table.fields if each.numeric)


def _signs(reading: Reading) -> None:
    """ "A negative delay", "where inflation is negative"."""
    for pattern in (rf"(negative|positive) {C}", rf"{C} (?:(?:is|was|are|were|being) )?(negative|positive)"):
        found = reading.find(pattern)
        if found:
            sign, number = sorted(found.groups(), key=str.isdigit)
            operator: Operator = "<" if sign == "negative" else ">"
            column = reading.field(number)
            reading.condition(found.start(), Condition(column=column.name, operator=operator, values=[0]))
            reading.blank(found.start(), found.end())


def _equalities(reading: Reading) -> None:
    """`size 4`, `size is 4`, `a depth of 18`, `with 4 engines`."""
    size = size_of(reading)
    while size and (found := reading.find(rf"<r> of {N}")):
        value = reading.numbers[int(found[1])].value
        reading.condition(found.start(), Condition(column=size.name, operator="in", values=[value]))
        reading.blank(found.start(), found.end())
    read_alternatives(reading)
    patterns = (
        rf"{C} (?:number )?(?:(?:is|was|are|of|equal to|equals|=) )?(?:exactly )?{N}(?! (?:percent|<c))",
        rf"(?:with|have|has|had|having|exactly|of) (?:exactly )?{N} {C}",
    )
    for index, pattern in enumerate(patterns):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            column = reading.field(found[1 + index])
            number = reading.numbers[int(found[2 - index])]
            if not (column.numeric or column.part or column.label):
                break
            value = in_unit(reading, number, column)
            reading.condition(found.start(), Condition(column=column.name, operator="in", values=[value]))
            reading.blank(found.start(), found.end())
