"""What part of the whole."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.asks import Ask, Condition, Function, Key, Measure
from parley_research.domain.counting import units
from parley_research.domain.keys import asked_key, read_keys
from parley_research.domain.mentions import Mention
from parley_research.domain.reading import C, NotUnderstood, Reading, key, merged
from parley_research.domain.shapes.following import growth
from parley_research.domain.shapes.saying import SHARE, TREND, grouped
from parley_research.domain.table import Field
from parley_research.domain.words import plural

_VERB = r"(?:is|are|was|were|have|has|had|did|do|does|come|comes|came|live|lives|lived|arrive|depart|go|goes|went|left|won|made|account|accounts|belong|belongs)"
_JOIN = r"(?:with|that|who|which|in|on|from|at)"


def ratio(reading: Reading) -> Ask | None:
    """ "The ratio of tip to bill", "bill divided by size": row by row as well as all in all, unless one is asked for."""
    filler = r"(?:(?:the|total|mean|average|of|that|sum|number) )*"
    _spread_over_people(reading)
    found = reading.find(rf"({_FUNCTIONS} )?(?:the )?ratio (?:of|between) {filler}{C} (?:to|and) {filler}{C}")
    found = found or reading.find(rf"({_FUNCTIONS} )?(?:the )?{C} (?:divided by|over) {filler}{C}(?: ratio)?")
    found = found or reading.find(rf"({_FUNCTIONS} )?(?:the )?{C} to {filler}{C} ratio")
    if not found or not all(any(f.numeric for f in reading.names[int(each)].fields) for each in found.groups()[1:]):
        return None
    part, whole = (reading.field(each) for each in found.groups()[1:])
    if part is whole:
        return None
    said = found[1] or reading.take(r"(?:on average|average|median)")
    reading.blank(found.start(), found.end())
    ways: list[Function] = ["median"] if said and "median" in str(said) else ["mean"] if said else ["mean", "sum"]
    keys = read_keys(reading)
    reading.take("<r>")
    return grouped(
        reading, [Measure(function=each, column=part.name, over=whole.name, ratio=True) for each in ways], keys
    )


def _spread_over_people(reading: Reading) -> None:
    """ "The bill per person", where a column says of how many people each row is."""
    sizes = [each for each in reading.table.fields if each.words == ("size",) and each.numeric]
    each_one = r"(?:per|for each|for every|divided by) (?:(?:the|total|number|of) )*(?:person|people|guests?|diners?|head|customers?|<r>)"
    found = reading.find(rf"{C} ({each_one})") if len(sizes) == 1 else None
    people = found and not re.search("<r>", found[2])
    if found and people and any(each.numeric for each in reading.names[int(found[1])].fields):
        reading.names.append(Mention(0, 0, "size", (sizes[0],)))
        said = f"<c{found[1]}> divided by <c{len(reading.names) - 1}>"
        reading.text = reading.text[: found.start()] + said + reading.text[found.end() :]
        reading.notes.append("“size” was taken to hold the number of people.")
        reading.take(r"(?:average|mean|on average)")


_FUNCTIONS = r"(?:average|mean|median)(?: of)?(?: the)?"


def share(reading: Reading) -> Ask | None:
    found = reading.find(rf"(?:what |which )?{SHARE}(?: of)?")
    if not found:
        return None
    if reading.find(TREND):
        return growth(reading)
    part = _ratio(reading)
    if part:
        return part
    reading.blank(found.start(), found.end())
    reading.take(SHARE)
    total = _whole_amount(reading, found.end())
    if total is None:
        _either_rows_or_amounts(reading, found.end())
    keys = read_keys(reading) or asked_key(reading)
    counted = re.match(rf"[ ·]+(?:(?:the|all)[ ·]+)*{C}", reading.text[found.end() :])
    if total is None and counted and reading.conditions and plural(reading.names[int(counted[1])].text.split()[-1]):
        several = [each for each in reading.names[int(counted[1])].fields if each.column.distinct < reading.table.rows]
        if several and not any(each.flag for each in several):
            raise NotUnderstood("A share of different values is not told; ask for the share of rows.")
    if total is None:
        keys = keys or [key(each) for each in _labels(reading)]
    reading.take("<r>")
    reading.take(
        r"(?:account|accounts|accounted|make up|makes up|represent|represents|responsible|in each|break down|breakdown)"
    )
    measure = Measure(function="sum", column=reading.field(total[1]).name) if total else units(reading)
    own = any(at < found.start() for at, _ in reading.conditions) and reading.text[: found.start()].endswith("· ")
    if own and len(reading.conditions) > 1 and not keys:
        return _own_share(reading, measure, found.start())
    return _share_of(reading, measure, keys, found.end())


def _own_share(reading: Reading, measure: Measure, position: int) -> Ask:
    """ "The Gentoo share on Biscoe" is that of Gentoo, of what is on Biscoe."""
    before = [each for each in reading.conditions if each[0] < position]
    part = max(before, key=lambda each: each[0])
    base = [condition for at, condition in sorted(reading.conditions, key=lambda each: each[0]) if at != part[0]]
    return Ask(shape="share", measures=[measure], base=merged(base), conditions=[part[1]])


def _either_rows_or_amounts(reading: Reading, end: int) -> None:
    """ "What percent of all tips": of the money, or of how many there were?"""
    row = re.match(r"[ ·]+(?:(?:the|all|total)[ ·]+)+<r>", reading.text[end:])
    row = row or re.match(r"[ ·]*<r>[ ·]+(?:came|come|comes)(?!\w)", reading.text[end:])
    noun = reading.table.noun
    if row and any(each.words == (noun,) and each.column.type == "number" for each in reading.table.fields):
        raise NotUnderstood(f"“{noun}” is an amount, and what a row is; say the number of rows or the sum of it.")


def _whole_amount(reading: Reading, end: int) -> re.Match[str] | None:
    """The amount right behind "share of", blanked out: its part is wanted, not that of the rows."""
    found = re.match(rf"[ ·]+(?:(?:the|total|all|overall|combined)[ ·]+)*{C}(?![\w>])", reading.text[end:])
    if not found or not any(each.numeric and not each.flag for each in reading.names[int(found[1])].fields):
        return None
    reading.blank(end, end + found.end())
    return found


def _ratio(reading: Reading) -> Ask | None:
    """ "Tips as a percentage of the bill": one amount in percent of another, row by row or in all."""
    filler = r"(?:(?:the|total|all|overall|average|mean|median|sum|as|a|an|is|of|in|what|expressed|relative) )*"
    found = reading.find(rf"{filler}{C} {filler}{SHARE} of {filler}{C}") or reading.find(
        rf"(?:what )?(?:average |mean |median )?{SHARE} of {filler}{C} {filler}{C}"
    )
    inside = reading.find(rf"(?:average |mean |median )?{SHARE} of {filler}{C} (?:with)?in {filler}{C}")
    found = inside or found or reading.find(rf"{C} (?:relative to|in relation to) {filler}{C}")
    if not found:
        return None
    first, second = (reading.field(each) for each in found.groups()[-2:])
    part, whole = (second, first) if not inside and re.match(rf"[\w ]*{SHARE}", found[0]) else (first, second)
    if not (part.numeric and whole.numeric) or part is whole:
        return None
    function = _way(reading)
    reading.blank(found.start(), found.end())
    reading.take(
        r"(?:on average|average|mean|median|in total|overall|in all|highest|largest|maximum|lowest|smallest|minimum)"
    )
    reading.take(rf"in {SHARE}")
    keys = read_keys(reading)
    reading.take("<r>")
    return grouped(reading, [Measure(function=function, column=part.name, over=whole.name)], keys)


def _way(reading: Reading) -> Function:
    if reading.find(r"(?:average|mean|typical|typically)"):
        return "mean"
    if reading.find(r"(?:highest|largest|biggest|maximum)"):
        return "max"
    if reading.find(r"(?:lowest|smallest|minimum)"):
        return "min"
    return "median" if reading.find("median") else "sum"


def _mixed(placed: list[tuple[int, Condition]]) -> bool:
    """Whether two conditions speak of one column and exclude each other: a ratio, not a share."""
    values = [condition for _, condition in placed if condition.operator == "in"]
    return any(one.column == other.column and one != other for one in values for other in values)


def _labels(reading: Reading) -> list[Field]:
    """Every column left that names groups, blanked out."""
    numbers = [n for n in reading.column_numbers() if not any(f.numeric for f in reading.names[int(n)].fields)]
    fields = [reading.field(number) for number in numbers]
    fields = [each for each in fields if each.column.distinct < reading.table.rows]
    for number in numbers:
        reading.take(f"<c{number}>")
    return list(dict.fromkeys(fields))


def _amount(reading: Reading) -> bool:
    numbers = reading.column_numbers()
    fields = reading.names[int(numbers[0])].fields if numbers else ()
    return any(each.numeric and not each.flag for each in fields)


def _timed(reading: Reading, base: list[Condition], part: list[Condition]) -> tuple[list[Condition], list[Condition]]:
    """ "What share of the world lived in Asia in 2007": what is taken of is that year's, too."""
    moments = [each for each in part if reading.table.field(each.column).temporal and each.operator != "not in"]
    if not moments or len(moments) == len(part):
        return base, part
    return [*base, *moments], [each for each in part if each not in moments]


def _share_of(reading: Reading, measure: Measure, keys: list[Key], start: int) -> Ask:
    placed = sorted(reading.conditions, key=lambda each: each[0])
    verb = re.search(rf"(?<![\w<]){_VERB}(?![\w>])", reading.text[start:])
    verb = verb or re.search(rf"(?<![\w<]){_JOIN}(?![\w>])", reading.text[start:])
    ends = [position for position, _ in placed]
    border = start + verb.start() if verb else -1
    columns = [condition.column for _, condition in placed]
    if len(set(columns)) < len(columns) and keys == [] and _mixed(placed):
        raise NotUnderstood("It is not clear which of the conditions the share is of.")
    base = [condition for position, condition in placed if position < border]
    part = [condition for position, condition in placed if position >= border]
    if len(ends) > 1 and (verb is None or not part):
        base, part = [each for _, each in placed[:-1]], [placed[-1][1]]
    if not part:
        base, part = [], base
    base, part = _timed(reading, base, part)
    if not part:
        if not keys:
            raise NotUnderstood(
                "It is not clear what the share is of: no column or value for it stands in the question."
            )
        return Ask(shape="shares", measures=[measure], keys=keys[:2])
    return Ask(shape="share", measures=[measure], keys=keys[:2], base=merged(base), conditions=merged(part))
