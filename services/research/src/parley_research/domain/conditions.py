"""Which rows: comparisons with numbers, values to have or not to have, yes-or-no columns, values that are missing."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Condition, Operator
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS, WORTH
from parley_research.domain.reading import C, N, NotUnderstood, Number, Reading, V
from parley_research.domain.table import Field
from parley_research.domain.words import plural

_UP = "|".join(word for word, (_, much) in ADJECTIVES.items() if much and word.endswith("er"))
_DOWN = "|".join(word for word, (_, much) in ADJECTIVES.items() if not much and word.endswith("er"))
_OPERATORS: list[tuple[str, Operator]] = [
    (r"(?:no|not) (?:more|greater|higher|larger|longer) than|at most|up to|a maximum of|maximum", "<="),
    (r"(?:no|not) (?:less|fewer|lower|smaller) than|at least|a minimum of|minimum|not under|not below", ">="),
    (rf"(?:more|greater|higher|larger|bigger|{_UP}) than|over|above|exceeds?|exceeding|exceeded|beyond|>", ">"),
    (rf"(?:less|fewer|lower|smaller|{_DOWN}) than|under|below|<", "<"),
    (r"exactly|equal to|equals|=", "in"),
]
_ANY = "|".join(pattern for pattern, _ in _OPERATORS)
_OR: list[tuple[str, Operator]] = [
    (r"or (?:more|above|over|greater|higher|longer|older|larger|later|after)|and (?:above|over|up)", ">="),
    (r"or (?:less|fewer|below|under|lower|shorter|younger|smaller|earlier)|and (?:below|under)", "<="),
]
_GLUE = r"(?:(?:is|are|was|were|be|of|that|which|has|have|a|an|the|value|values|been|it|with|at) )*"
_NOT = (
    r"(?:not|isn t|isn|aren t|aren|wasn t|wasn|weren t|don t|don|doesn t|doesn|didn t|didn|never|other than|"
    r"except for|except|excluding|but not|non|without|no|outside|outside of|ignoring|apart from)"
)
_AGGREGATE = r"(?:average|mean|avg|median|typical|total|sum)(?: of)?(?: the)? $"


def read_conditions(reading: Reading) -> None:
    """Take every condition that names its column, or leaves only one."""
    reading.take(r"(?:takes?|took|taking) (?:part|place)")
    _missing(reading)
    _ranges(reading)
    _comparisons(reading)
    _equalities(reading)
    _values(reading)
    _flags(reading)


def _missing(reading: Reading) -> None:
    without = rf"(?:without|with no|have no|has no|had no|having no|lack|lacking) (?:(?:a|an|any|known|recorded|the) )*{C}(?! {V})"
    for pattern in (without, rf"{C} (?:is|are|was|were) (?:missing|null|unknown|empty|not known|not recorded|blank)"):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            column = reading.field(found[1])
            if column.flag:
                reading.condition(found.start(), Condition(column=column.name, operator="in", values=[column.no]))
            else:
                reading.condition(found.start(), Condition(column=column.name, operator="missing"))
            reading.blank(found.start(), found.end())


def _ranges(reading: Reading) -> None:
    pair = rf"(?:between|from) {N} (?:and|to) {N}"
    for pattern in (rf"{C} {_GLUE}{pair}", rf"{pair} {C}", rf"({'|'.join(MEASURING_VERBS)}) {pair}", pair):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            groups = list(found.groups())
            ends = groups[:2] if pattern.endswith(C) else groups[-2:]
            rest = groups[2:] if pattern.endswith(C) else groups[:-2]
            numbers = [reading.numbers[int(each)] for each in ends]
            column = _meant(reading, rest[0], numbers[1]) if rest else _by_unit(reading, numbers[1])
            unit = numbers[1].unit
            low, high = (_in_unit(reading, Number(each.value, each.unit or unit), column) for each in numbers)
            condition = Condition(column=column.name, operator="between", values=[low, high])
            reading.condition(found.start(), condition)
            reading.blank(found.start(), found.end())


def _meant(reading: Reading, word: str | None, number: Number) -> Field:
    if word is None:
        return _by_unit(reading, number)
    if word.isdigit():
        return reading.field(word)
    return column_about(reading, MEASURING_VERBS[word] if word in MEASURING_VERBS else ADJECTIVES[word][0], word)


def _comparisons(reading: Reading) -> None:
    verbs = "|".join(MEASURING_VERBS)
    one = rf"(?:({_ANY}) {N}|{N} ({'|'.join(pattern for pattern, _ in _OR)}))"
    patterns = [
        rf"{C} (?:in \w+ )?{_GLUE}{one}",
        rf"{one} (?:of )?(?:the )?{C}",
        rf"({verbs}) {_GLUE}{one}",
        rf"{one} <r>",
        one,
    ]
    for index, pattern in enumerate(patterns):
        for found in iter(lambda pattern=pattern: reading.find(pattern), None):  # type: ignore[misc]
            _compare(reading, found, index)


def _compare(reading: Reading, found: re.Match[str], kind: int) -> None:
    named = found[1] if kind in (0, 2) else found.groups()[-1] if kind == 1 else None
    words, before, after, alternative = found.groups()[1:5] if kind in (0, 2) else found.groups()[:4]
    number = reading.numbers[int(before or after)]
    operator = _operator(words or alternative, _OPERATORS if words else _OR)
    aggregate = re.search(_AGGREGATE, reading.text[: found.start()])
    if kind == 3:
        reading.having = Condition(column="", operator=operator, values=[number.value])
        reading.blank(found.start(), found.end())
        return
    adjective = (words or "").split(" ")[0]
    if adjective in ADJECTIVES:
        reading.narrow(ADJECTIVES[adjective][0])
    if kind == 4 and adjective in ADJECTIVES:
        column = column_about(reading, ADJECTIVES[adjective][0], adjective)
    else:
        column = _meant(reading, named, number)
    if column.dated or (not column.numeric and column.part is None):
        raise NotUnderstood(f"“{column.name}” holds no amounts that could be compared with {number.text}.")
    condition = Condition(column=column.name, operator=operator, values=[_in_unit(reading, number, column)])
    if aggregate:
        reading.having = condition
        reading.blank(found.start() + len(f"<c{named}>"), found.end())
        return
    reading.condition(found.start(), condition)
    reading.blank(found.start(), found.end())


def _operator(words: str, known: list[tuple[str, Operator]]) -> Operator:
    return next(operator for pattern, operator in known if re.fullmatch(pattern, words))


def _equalities(reading: Reading) -> None:
    """`size 4`, `size is 4`, `a depth of 18`, `with 4 engines`."""
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
            value = _in_unit(reading, number, column)
            reading.condition(found.start(), Condition(column=column.name, operator="in", values=[value]))
            reading.blank(found.start(), found.end())


def _values(reading: Reading) -> None:
    for found in iter(lambda: reading.find(rf"(?:({_NOT}) {_GLUE}(?:in |on |from |to |by )?(?:the )?)?{V}"), None):
        negated, number = found.groups()
        mention = reading.names[int(number)]
        start, end, column = _beside(reading, found)
        chosen = [each for each in mention.values if column is None or each[0] is column]
        chosen = chosen if len(chosen) == 1 else _by_direction(reading, found, chosen)
        if len({each[0].name for each in chosen}) != 1:
            columns = ", ".join(f"“{each.name}”" for each in dict.fromkeys(each for each, _ in mention.values))
            raise NotUnderstood(f"“{mention.text}” stands in several columns ({columns}); name the one you mean.")
        field = chosen[0][0]
        operator: Operator = "not in" if negated or _carried_on(reading, found, field) else "in"
        reading.condition(
            found.start(), Condition(column=field.name, operator=operator, values=[value for _, value in chosen])
        )
        reading.blank(start, end)


def _carried_on(reading: Reading, found: re.Match[str], field: Field) -> bool:
    """ "Not Adelie or Gentoo" denies both."""
    before = re.search(r"·+ (?:or|and|nor|,) $", reading.text[: found.start()])
    last = max(reading.conditions, key=lambda each: each[0], default=None)
    return bool(before and last and last[1].column == field.name and last[1].operator == "not in")


def _beside(reading: Reading, found: re.Match[str]) -> tuple[int, int, Field | None]:
    """The value with its column's name before or behind it, where one of its columns stands there."""
    candidates = {field for field, _ in reading.names[int(found[found.lastindex or 2])].values}
    before = re.search(
        rf"(?:the )?{C} (?:is |are |was |were |= |of |named |called |being )?$", reading.text[: found.start()]
    )
    behind = re.match(rf" {C}(?![\w>])", reading.text[found.end() :])
    for place in (before, behind):
        fields = set(reading.names[int(place[1])].fields) & candidates if place else set()
        if place and len(fields) == 1:
            start = place.start() if place is before else found.start()
            end = found.end() + (place.end() if place is behind else 0)
            return start, end, fields.pop()
    return found.start(), found.end(), None


def _by_direction(reading: Reading, found: re.Match[str], chosen: list) -> list:  # type: ignore[type-arg]
    """From JFK is where it starts, to JFK where it ends."""
    before = reading.text[: found.start()].rstrip(" ·").rsplit(" ", 1)[-1]
    inside = found[0].split(" ")
    directions = {"from": {"origin", "source", "from", "start"}, "to": {"dest", "destination", "to", "target", "end"}}
    wanted = next((directions[each] for each in (before, *inside) if each in directions), None)
    if wanted is None:
        return chosen
    return [each for each in chosen if set(each[0].words) & wanted]


def _flags(reading: Reading) -> None:
    """A yes-or-no column named outright asks for its yes: "how many smokers"."""
    keyed = (
        r"(?:by|per|each|every|across|between|of|which|what|and|on|affect|influence|with|to) (?:the )?(?:different )?$"
    )
    for number in reading.column_numbers():
        if len(reading.names[int(number)].fields) != 1 or not reading.field(number).flag:
            continue
        place = reading.find(rf"(?:({_NOT}) {_GLUE}(?:any )?)?<c{number}>(?: (?:is |= |was )?(yes|no|true|false))?")
        if place is None:
            continue
        column = reading.field(number)
        before = reading.text[: place.start()]
        counted = re.search(
            r"(?:how many|number of|percent of|percentage of|share of|proportion of|fraction of|"
            r"are|is|were|was|who|that|by|for|among|of) (?:the )?(?:all )?$",
            before,
        )
        named = place[1] or place[2]
        people = plural(reading.names[int(number)].text) and re.search(r"(?:of|for|among) (?:the |all )?$", before)
        if people:
            named = "yes"
        if (
            not named
            and re.search(keyed, before)
            and not re.search(r"(?:number|percentage|share|proportion|fraction|percent|count) of (?:the )?$", before)
        ):
            continue
        if (
            not named
            and re.search(r"(?:average|mean|total|sum of|missing|distribution of|values of)[\w ]*$", before)
            and not counted
        ):
            continue
        no = bool(place[1]) != (place[2] in ("no", "false"))
        value = column.no if no else column.yes
        reading.condition(place.start(), Condition(column=column.name, operator="in", values=[value]))
        reading.blank(place.start(), place.end())


def column_about(reading: Reading, topics: frozenset[str], word: str) -> Field:
    """The one numeric column a word like "heavier" speaks of."""
    exact = [each for each in reading.table.fields if each.numeric and set(each.words) & topics]
    if len(exact) > 1:
        named = [each for each in exact if each.words[-1] in topics or each.words[0] in topics]
        spoken = {field for mention in reading.names for field in mention.fields if len(mention.fields) == 1}
        exact = [each for each in exact if each in spoken] or (named if len(named) == 1 else exact)
    if len(exact) == 1:
        return exact[0]
    if exact:
        names = ", ".join(f"“{each.name}”" for each in exact)
        raise NotUnderstood(f"“{word}” could speak of several columns ({names}); name the one you mean.")
    raise NotUnderstood(f"There is no column that tells what is “{word}”.")


def _by_unit(reading: Reading, number: Number) -> Field:
    fields = [each for each in reading.table.fields if each.numeric and each.unit and each.unit == number.unit]
    rows = [each for each in reading.table.fields if each.numeric and each.words == (reading.table.noun,)]
    fields = fields or rows  # tips above 5: the rows go by the name of an amount
    if len(fields) == 1:
        return fields[0]
    raise NotUnderstood(f"It is not clear which column is to be compared with {number.text}.")


def _in_unit(reading: Reading, number: Number, column: Field) -> int | float:
    if number.unit is None or number.unit == column.unit:
        return number.value
    ours, theirs = WORTH.get(column.unit or ""), WORTH.get(number.unit)
    if ours and theirs and ours[0] == theirs[0]:
        value = round(number.value * theirs[1] / ours[1], 9)
        reading.notes.append(
            f"“{column.name}” is in {column.unit}, so the {number.unit} of the question were converted."
        )
        return int(value) if float(value).is_integer() else value
    if column.unit is None:
        reading.notes.append(f"The table does not say the unit of “{column.name}”; it was compared as it stands.")
        return number.value
    raise NotUnderstood(f"“{column.name}” is in {column.unit}, which cannot be compared with {number.unit}.")
