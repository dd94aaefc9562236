"""Which rows: values to have or not to have, and yes-or-no columns."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.asks import Condition, Operator
from parley_research.domain.lexicon import LINKING
from parley_research.domain.reading import C, NotUnderstood, Reading, V
from parley_research.domain.table import Field
from parley_research.domain.words import plural

GLUE = r"(?:(?:is|are|was|were|be|of|that|which|has|have|a|an|the|value|values|been|it|with|at|for) )*"
NOT = (
    r"(?:not|isn t|isn|aren t|aren|wasn t|wasn|weren t|don t|don|doesn t|doesn|didn t|didn|never|other than|"
    r"except for|except|excluding|but not|non|without|no|outside|outside of|ignoring|apart from)"
)

_VERBS = "|".join(sorted(LINKING))


def read_values(reading: Reading) -> None:
    _both(reading)
    _named_again(reading)
    _doers(reading)
    prefix = rf"(?:({NOT}) {GLUE}(?:(?:{_VERBS}) )?(?:in |on |from |to |by |at |of )?(?:the )?)?"
    for found in iter(lambda: reading.find(rf"{prefix}(?:(?:code|called|named) )?{V}"), None):
        negated, number = found.groups()
        mention = reading.names[int(number)]
        start, end, column = _beside(reading, found)
        chosen = [each for each in mention.values if column is None or each[0] is column]
        chosen = _by_direction(reading, found, chosen)
        if len({each[0].name for each in chosen}) != 1:
            columns = ", ".join(f"“{each.name}”" for each in dict.fromkeys(each for each, _ in mention.values))
            raise NotUnderstood(f"“{mention.text}” stands in several columns ({columns}); name the one you mean.")
        field = chosen[0][0]
        behind = re.match(rf"[ ·]+{_LEFT_OUT}(?!\w)", reading.text[end:])
        end += behind.end() if behind else 0
        operator: Operator = "not in" if negated or behind or _carried_on(reading, found, field) else "in"
        reading.condition(
            found.start(), Condition(column=field.name, operator=operator, values=[value for _, value in chosen])
        )
        reading.blank(start, end)


_LEFT_OUT = r"(?:(?:is|are|were|being) )?(?:excluded|left out|omitted|removed|not counted|not included)"


def _named_again(reading: Reading) -> None:
    """ "The winner is Joly", where Joly is a column too."""
    for found in re.finditer(rf"{C} (?:is|was|=|equals) {C}", reading.text):
        fields = reading.names[int(found[1])].fields
        values = [each for each in reading.names[int(found[2])].values if each[0] in fields]
        if len(fields) == len(values) == 1:
            condition = Condition(column=fields[0].name, operator="in", values=[values[0][1]])
            reading.condition(found.start(), condition)
            reading.blank(found.start(), found.end())
            return


def _doers(reading: Reading) -> None:
    """ "Did Joly win", "with Joly as winner", where Joly is a column too: a value of the column of winners."""
    patterns = (
        rf"(?:did |has |have )?{C} (?!<)(?P<role>\w+)",
        rf"(?P<role>\w+) by {C}",
        rf"(?:was |is )?{C} (?:as |is |was )?(?:the |a )?<c(?P<named>\d+)>",
    )
    for pattern in patterns:
        for found in re.finditer(pattern, reading.text):
            told = found.groupdict()
            role = told.get("role") or reading.names[int(told["named"])].text.casefold()
            who = re.findall(r"<c(\d+)>", found[0])[0]
            values = [
                each for each in reading.names[int(who)].values if any(plays(role, part) for part in each[0].words)
            ]
            if len(values) == 1:
                field, value = values[0]
                reading.condition(found.start(), Condition(column=field.name, operator="in", values=[value]))
                reading.blank(found.start(), found.end())
                return


def plays(verb: str, role: str) -> bool:
    """Whether who plays the role does this: win for winner, won as well."""
    return role.endswith("er") and len(verb) > 2 and (role.startswith(verb) or (verb, role) == ("won", "winner"))


def _both(reading: Reading) -> None:
    """ "Smokers and non-smokers" are the two sides of one column."""
    joined = rf"{C} (?:[a-z]+ ){{0,4}}(?:and|or|vs|versus|than|,|compared (?:to|with)) (?:the )?((?:{NOT} )+){C}"
    for found in iter(lambda: reading.find(joined), None):
        one, other = (reading.names[int(each)].fields for each in (found[1], found.groups()[-1]))
        if one != other or len(one) != 1 or not one[0].flag:
            return
        condition = Condition(column=one[0].name, operator="in", values=[one[0].yes, one[0].no])
        reading.condition(found.start(), condition)
        reading.blank(found.start(2), found.end())
        reading.take(f"<c{found[1]}>")


def _carried_on(reading: Reading, found: re.Match[str], field: Field) -> bool:
    """ "Not Adelie or Gentoo" denies both."""
    before = re.search(r"·+ (?:or|and|nor|,) $", reading.text[: found.start()])
    last = max(reading.conditions, key=lambda each: each[0], default=None)
    return bool(before and last and last[1].column == field.name and last[1].operator == "not in")


def _beside(reading: Reading, found: re.Match[str]) -> tuple[int, int, Field | None]:
    """The value with its column's name before or behind it, where one of its columns stands there."""
    candidates = {field for field, _ in reading.names[int(found[found.lastindex or 2])].values}
    before = re.search(
        rf"(?:the )?{C} (?:is |are |was |were |= |equals |equal to |of |named |called |being )?$",
        reading.text[: found.start()],
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
    wanted = next((_DIRECTIONS[each] for each in (before, *found[0].split(" ")) if each in _DIRECTIONS), None)
    wanted = wanted or _moved(reading.text[: found.start()])
    if wanted is None and len(chosen) > 1 and "at" in (before, *found[0].split(" ")):
        wanted = _moved(reading.question.casefold())  # "the departure delay at LGA"
    if wanted is None:
        return chosen
    against = {each for ends in _DIRECTIONS.values() for each in ends} - wanted
    fitting = [each for each in chosen if set(each[0].words) & wanted]
    if fitting or not any(set(each[0].words) & against for each in chosen):
        return fitting or chosen
    raise NotUnderstood(f"“{reading.names[int(found.groups()[-1])].text}” stands only in “{chosen[0][0].name}”.")


_DIRECTIONS = {
    "from": frozenset({"origin", "source", "from", "start"}),
    "to": frozenset({"dest", "destination", "to", "target", "end"}),
}


def _moved(text: str) -> frozenset[str] | None:
    """Which end of a journey the last verb is about: landed in, departed at."""
    verbs = re.findall(r"\b(depart|left|leav|took off|arriv|land|reach)", text)
    return _DIRECTIONS["from" if verbs[-1][:2] in ("de", "le", "to") else "to"] if verbs else None


def read_flags(reading: Reading) -> None:
    """A yes-or-no column named outright asks for its yes: "how many smokers"."""
    keyed = (
        r"(?:by|per|each|every|across|between|of|which|what|and|on|affect|influence|with|to) (?:the )?(?:different )?$"
    )
    for number in reading.column_numbers():
        if len(reading.names[int(number)].fields) != 1 or not reading.field(number).flag:
            continue
        place = reading.find(rf"(?:({NOT}) {GLUE}(?:any )?)?<c{number}>(?: (?:is |= |was )?(yes|no|true|false))?")
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
