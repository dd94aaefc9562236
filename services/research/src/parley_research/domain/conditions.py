"""Which rows: comparisons with numbers, and values that are missing."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.amounts import by_unit, column_about, in_unit
from parley_research.domain.asks import Condition, Function, Operator
from parley_research.domain.belonging import GLUE, read_flags, read_values
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.reading import C, N, NotUnderstood, Number, Reading, V, merged
from parley_research.domain.table import Field

_UP = "|".join(word for word, (_, much) in ADJECTIVES.items() if much and word.endswith("er"))
_DOWN = "|".join(word for word, (_, much) in ADJECTIVES.items() if not much and word.endswith("er"))
_OPERATORS: list[tuple[str, Operator]] = [
    (r"(?:no|not) (?:more|greater|higher|larger|longer) than|at most|up to|a maximum of|maximum", "<="),
    (r"(?:no|not) (?:less|fewer|lower|smaller) than|at least|a minimum of|minimum|not under|not below", ">="),
    (
        rf"(?:more|greater|higher|larger|bigger|{_UP}) than|over|above|north of|exceeds?|exceeding|exceeded|beyond|>",
        ">",
    ),
    (rf"(?:less|fewer|lower|smaller|{_DOWN}) than|under|below|<", "<"),
    (r"exactly|equal to|equals|=", "in"),
]
_ANY = "|".join(pattern for pattern, _ in _OPERATORS)
_OR: list[tuple[str, Operator]] = [
    (r"or (?:more|above|over|greater|higher|longer|older|larger|later|after)|and (?:above|over|up)", ">="),
    (r"or (?:less|fewer|below|under|lower|shorter|younger|smaller|earlier)|and (?:below|under)", "<="),
]
_AGGREGATE = r"(?:average|mean|avg|median|typical|total|sum)(?: of)?(?: the)? $"


def read_conditions(reading: Reading) -> None:
    """Take every condition that names its column, or leaves only one."""
    reading.take(r"(?:takes?|took|taking) (?:part|place)")
    _missing(reading)
    _averages(reading)
    _punctual(reading)
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


def _averages(reading: Reading) -> None:
    """ "Heavier than the average", "an above-average tip": compared with the whole column."""
    words = rf"({_ANY}) (?:the |its |their |an )?(average|mean|median)"
    verbs = "|".join(MEASURING_VERBS)
    for pattern in (rf"{C} {GLUE}{words}(?: {C})?", rf"({verbs}) {GLUE}{words}(?: {C})?", rf"{words} {C}"):
        found = reading.find(pattern)
        if not found:
            continue
        named = [each for each in found.groups() if each and (each.isdigit() or each in MEASURING_VERBS)]
        columns = {_meant(reading, each, Number(0)) for each in named}
        amounts = [each for each in columns if each.numeric]
        column = amounts[0] if amounts else columns.pop()
        if len(amounts) != 1:
            raise NotUnderstood("It is not clear what is compared with the average.")
        operator, function = [each for each in found.groups() if each and each not in named][:2]
        than: Function = "median" if function == "median" else "mean"
        condition = Condition(column=column.name, operator=_operator(operator, _OPERATORS), than=than)
        reading.condition(found.start(), condition)
        reading.blank(found.start(), found.end())


def _punctual(reading: Reading) -> None:
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


_MOVES = {
    **dict.fromkeys(
        ("left", "leave", "leaving", "departed", "depart", "departing", "departures", "departure"), "departure"
    ),
    **dict.fromkeys(("arrived", "arrive", "arriving", "landed", "arrivals", "arrival"), "arrival"),
}


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
            column = _meant(reading, rest[0], numbers[1]) if rest else by_unit(reading, numbers[1])
            unit = numbers[1].unit
            low, high = (in_unit(reading, Number(each.value, each.unit or unit), column) for each in numbers)
            condition = Condition(column=column.name, operator="between", values=[low, high])
            reading.condition(found.start(), condition)
            reading.blank(found.start(), found.end())


def _meant(reading: Reading, word: str | None, number: Number) -> Field:
    if word is None:
        return by_unit(reading, number)
    if word.isdigit():
        return reading.field(word)
    return column_about(reading, MEASURING_VERBS[word] if word in MEASURING_VERBS else ADJECTIVES[word][0], word)


def _comparisons(reading: Reading) -> None:
    verbs = "|".join(MEASURING_VERBS)
    one = rf"(?:({_ANY}) {N}|{N} ({'|'.join(pattern for pattern, _ in _OR)}))"
    _turned(reading)
    _late(reading, one)
    _sized(reading, one)
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


def _sized(reading: Reading, one: str) -> None:
    """ "Parties of more than 4", where a column says of how many a row is."""
    size = _size(reading)
    while size and (found := reading.find(rf"<r> of {one}")):
        words, before, after, alternative = found.groups()
        operator = _operator(words or alternative, _OPERATORS if words else _OR)
        value = reading.numbers[int(before or after)].value
        reading.condition(found.start(), Condition(column=size.name, operator=operator, values=[value]))
        reading.blank(found.start(), found.end())


def _turned(reading: Reading) -> None:
    """ "Above latitude 60" is a latitude above 60."""
    found = reading.find(rf"({_ANY}) (?:an? |the )?({C})(?: of)? ({N})(?! (?:percent|<c))")
    column = reading.names[int(found[3])].fields if found else ()
    if found and len(column) == 1 and (column[0].numeric or column[0].part):
        turned = f"{found[2]} {found[1]} {found[4]}"
        reading.text = reading.text[: found.start()] + turned.ljust(len(found[0]), "·") + reading.text[found.end() :]


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


def _late(reading: Reading, one: str) -> None:
    """ "More than 30 minutes late", "delayed by over an hour": what is compared is a delay."""
    for pattern in (rf"(?:delayed|late)(?: by)? {one}", rf"{one} (?:late|delayed)"):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            words, before, after, alternative = found.groups()
            number = reading.numbers[int(before or after)]
            column = column_about(reading, ADJECTIVES["late"][0], "late")
            operator = _operator(words or alternative, _OPERATORS if words else _OR)
            value = in_unit(reading, number, column)
            reading.condition(found.start(), Condition(column=column.name, operator=operator, values=[value]))
            reading.blank(found.start(), found.end())


def _compare(reading: Reading, found: re.Match[str], kind: int) -> None:
    named = found[1] if kind in (0, 2) else found.groups()[-1] if kind == 1 else None
    words, before, after, alternative = found.groups()[1:5] if kind in (0, 2) else found.groups()[:4]
    number = reading.numbers[int(before or after)]
    operator = _operator(words or alternative, _OPERATORS if words else _OR)
    aggregate = re.search(_AGGREGATE, reading.text[: found.start()])
    again = _same_again(reading, found.start()) if kind >= 3 else None
    if again:
        value = in_unit(reading, number, again)
        reading.condition(found.start(), Condition(column=again.name, operator=operator, values=[value]))
        reading.blank(found.start(), found.end())
        return
    if kind == 3 and (size := _size(reading)):
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
        column = _meant(reading, named, number)
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


def _size(reading: Reading) -> Field | None:
    """The column that says how many people a row stands for: a party of two."""
    return next((each for each in reading.table.fields if each.words == ("size",) and each.numeric), None)


def _operator(words: str, known: list[tuple[str, Operator]]) -> Operator:
    return next(operator for pattern, operator in known if re.fullmatch(pattern, words))


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


def _listed(reading: Reading) -> None:
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


def _equalities(reading: Reading) -> None:
    """`size 4`, `size is 4`, `a depth of 18`, `with 4 engines`."""
    size = _size(reading)
    while size and (found := reading.find(rf"<r> of {N}")):
        value = reading.numbers[int(found[1])].value
        reading.condition(found.start(), Condition(column=size.name, operator="in", values=[value]))
        reading.blank(found.start(), found.end())
    _listed(reading)
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
