"""What is computed and by what it is grouped, as the question says it."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501, B023
from __future__ import annotations

import re

from parley_research.domain.asks import Function, Key, Measure, Part
from parley_research.domain.conditions import column_about
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS, ROLES, ROW_NOUNS
from parley_research.domain.moments import time_column
from parley_research.domain.reading import C, NotUnderstood, Reading, key
from parley_research.domain.table import Field, Table
from parley_research.domain.words import stem

_FUNCTIONS: list[tuple[str, Function]] = [
    (r"standard deviations?|std dev|std|stdev|sd", "deviation"),
    (r"variance", "variance"),
    (r"on average|averages?|averaged|avg|mean", "mean"),
    (r"median|typically|typical", "median"),
    (r"grand total|sum total|totals?|summed|sum|combined|cumulative|in total", "sum"),
    (r"maximum|max|highest|largest|biggest|greatest|peak|longest|latest|most recent", "max"),
    (r"minimum|min|lowest|smallest|shortest|earliest", "min"),
]
FUNCTION = "|".join(pattern for pattern, _ in _FUNCTIONS)
_PLAIN = r"(?:(?:of|the|for|in|value|values|a|all|number|amount|recorded|possible|observed|whole|overall|any) )*"
_BETWEEN = r"(?: (?:and|,|or|and the|, the|, and|, and the) )"
_BY = (
    r"(?:by|per|for each|in each|of each|at each|on each|from each|for every|in every|for all the|each|every|across|among|"
    r"grouped by|broken down by|split by|depending on|over|for different|for the different|"
    r"in different|between|for all|with respect to)"
)
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
WEIGHTS = frozenset(
    {("count",), ("n",), ("cnt",), ("freq",), ("frequency",), ("number",), ("occurrence",), ("counts",)}
)


def function_of(word: str) -> Function:
    """The function a word stands for."""
    return next(function for pattern, function in _FUNCTIONS if re.fullmatch(pattern, word))


def weight(table: Table) -> Field | None:
    """The column of a table of counts that says how many each row stands for."""
    return next((each for each in table.fields if each.words in WEIGHTS and each.column.type == "integer"), None)


def read_keys(reading: Reading, *, amounts: bool = True) -> list[Key]:
    """What the rows are grouped by: "by island and sex", "in each month"; by amounts only where `amounts` may be."""
    keys: list[Key] = []
    pattern = rf"{_BY} (?:(?:the|different|various|individual|single|type of|kind of|levels of) )*{C}(?:{_BETWEEN}(?:by )?{C})?"
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
        fields = [reading.field(each) for each in found.groups() if each]
        second = found[2] and _numeric(fields[1])
        end = found.end() if not second else reading.text.index(f"<c{found[1]}>") + len(f"<c{found[1]}>")
        keys += [key(each) for each in (fields[:1] if second else fields)]
        reading.blank(found.start(), end)
    return keys + _grain(reading, keys)


def _numeric(field: Field) -> bool:
    return field.numeric and not field.flag and field.column.distinct > 25


def _grain(reading: Reading, keys: list[Key]) -> list[Key]:
    words = "|".join(_GRAINS)
    found = reading.find(
        rf"(?:{_BY}|which|what|in which|in what|on which|on what) (?:the )?({words})s?"
    ) or reading.find(r"(yearly|annual|annually|quarterly|monthly|daily|hourly)")
    if not found:
        return []
    part = _GRAINS[found[1]]
    column = time_column(reading, part)
    if column is None:
        return []
    reading.blank(found.start(), found.end())
    return [key(column, None if column.part == part else part)]


def asked_key(reading: Reading) -> list[Key]:
    """The column after "which" or "what", taken as what is asked for."""
    found = reading.find(
        rf"(?:in |on |from |at |for |of )?(?:which|what)(?: (?:is|are|was|were))?(?: the)?(?: (?:most|least) (?:common|frequent|popular))?(?: kind of| type of)? {C}"
    )
    if not found:
        return []
    fields = reading.names[int(found[1])].fields
    if all(_numeric(each) for each in fields):
        return []
    column = reading.field(found[1])
    reading.blank(found.start(), found.end())
    return [key(column)]


def read_measures(reading: Reading) -> list[Measure]:
    """Every "average X and Y", "min and max of Z"; each column named is blanked out."""
    measures = _quantiles(reading)
    functions = rf"({FUNCTION})(?:{_BETWEEN}({FUNCTION}))?(?:{_BETWEEN}({FUNCTION}))?"
    for found in iter(lambda: reading.find(rf"{functions} {_PLAIN}{C}"), None):
        named = [function_of(each) for each in found.groups()[:3] if each]
        columns = [_arithmetic(reading, found[4], named)]
        end = found.end()
        for more in iter(lambda: re.match(rf"{_BETWEEN}(?:{FUNCTION} )?{C}(?![\w>])", reading.text[end:]), None):
            column = reading.names[int(more[1])].fields
            if not any(each.numeric for each in column) or re.search(FUNCTION, more[0]):
                break
            columns.append(_arithmetic(reading, more[1], named))
            end += more.end()
        reading.blank(found.start(), end)
        measures += [Measure(function=function, column=each.name) for each in columns for function in named]
    return measures or _detached(reading)


def _quantiles(reading: Reading) -> list[Measure]:
    measures = []
    pattern = rf"(?:(\d{{1,2}})(?:st|nd|rd|th) percentile|(first|third|lower|upper) quartile) {_PLAIN}{C}"
    for found in iter(lambda: reading.take(pattern), None):
        at = int(found[1]) / 100 if found[1] else 0.25 if found[2] in ("first", "lower") else 0.75
        measures.append(Measure(function="quantile", column=reading.field(found[3]).name, at=at))
    return measures


def _arithmetic(reading: Reading, number: str, functions: list[Function]) -> Field:
    fields = reading.names[int(number)].fields
    numeric = [each for each in fields if each.numeric]
    column = numeric[0] if len(numeric) == 1 else reading.field(number)
    ordered = set(functions) <= {"min", "max"} and (column.dated or column.part)
    if not (column.numeric or ordered):
        raise NotUnderstood(f"“{column.name}” is not a column of amounts, so it has no {functions[0]}.")
    return column


def _detached(reading: Reading) -> list[Measure]:
    """ "How heavy is a typical Gentoo", "how much do they weigh on average", "tips on average"."""
    word = reading.find(r"(on average|average|typically|typical|mean|median|in total|usually)")
    if not word or word[1] == "usually":
        return []
    function = function_of(word[1])
    column = _spoken(reading)
    if column is None:
        return []
    reading.blank(word.start(), word.end())
    return [Measure(function=function, column=column.name)]


def _spoken(reading: Reading) -> Field | None:
    """The one numeric column left, or the one an adjective or a verb speaks of."""
    column = spoken_of(reading)
    if column:
        return column
    numeric = [each for each in reading.column_numbers() if any(f.numeric for f in reading.names[int(each)].fields)]
    if len(numeric) != 1:
        return None
    found = reading.take(rf"(?:how much (?:is|are|was|do|does|did) )?(?:the )?<c{numeric[0]}>")
    return reading.field(numeric[0]) if found else None


def spoken_of(reading: Reading) -> Field | None:
    """What "how heavy", "how old", "weigh" or "cost" measures, blanked out."""
    adjectives = "|".join(word for word in ADJECTIVES if not word.endswith(("er", "est")))
    found = reading.take(rf"how ({adjectives})")
    if found:
        reading.narrow(ADJECTIVES[found[1]][0])
        return column_about(reading, ADJECTIVES[found[1]][0], found[1])
    verb = reading.find(rf"({'|'.join(MEASURING_VERBS)})")
    if verb:
        column = column_about(reading, MEASURING_VERBS[verb[1]], verb[1])
        reading.blank(verb.start(), verb.end())
        return column
    return None


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
    reading.blank(found.start(), found.end())
    heavy = weight(reading.table)
    if found[1] or not column.numeric or column.label:
        if heavy and not found[1] and reading.conditions and column is not heavy:
            return _weighed(reading, heavy)
        return Measure(function="distinct", column=column.name)
    return Measure(function="sum", column=column.name)
