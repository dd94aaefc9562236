"""What is computed, as the question says it."""

# Patterns and sentences are read in one line.
# ruff: noqa: B023
from __future__ import annotations

import re

from parley_research.domain.amounts import column_about
from parley_research.domain.asks import Function, Measure
from parley_research.domain.keys import BETWEEN
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.reading import C, NotUnderstood, Reading, said
from parley_research.domain.table import Field

_FUNCTIONS: list[tuple[str, Function]] = [
    (r"standard deviations?|std dev|std|stdev|sd", "deviation"),
    (r"variance", "variance"),
    (r"skewness|skew", "skewness"),
    (r"kurtosis", "kurtosis"),
    (r"on average|averages?|averaged|avg|mean", "mean"),
    (r"median|typically|typical", "median"),
    (r"grand total|sum total|totals?|summed|sum|combined|cumulative|in total", "sum"),
    (r"maximum|max|highest|largest|biggest|greatest|peak|longest|latest|most recent", "max"),
    (r"minimum|min|lowest|smallest|shortest|earliest", "min"),
]
FUNCTION = "|".join(pattern for pattern, _ in _FUNCTIONS)
_SPANS = frozenset({"time", "duration", "delay"})
_PLAIN = r"(?:(?:of|the|for|in|value|values|a|all|number|amount|recorded|possible|observed|whole|overall|any) )*"


def function_of(word: str) -> Function:
    """The function a word stands for."""
    return next(function for pattern, function in _FUNCTIONS if re.fullmatch(pattern, said(word)))


def read_measures(reading: Reading) -> list[Measure]:
    """Every "average X and Y", "min and max of Z"; each column named is blanked out."""
    measures = _quantiles(reading)
    functions = rf"({FUNCTION})(?:{BETWEEN}({FUNCTION}))?(?:{BETWEEN}({FUNCTION}))?"
    for found in iter(lambda: reading.find(rf"{functions} {_PLAIN}{C}"), None):
        named = [function_of(each) for each in found.groups()[:3] if each]
        columns = [_arithmetic(reading, found[4], named)]
        end = found.end()
        for more in iter(lambda: re.match(rf"{BETWEEN}(?:{FUNCTION} )?{C}(?![\w>])", reading.text[end:]), None):
            column = reading.names[int(more[1])].fields
            if not any(each.numeric for each in column) or re.search(FUNCTION, more[0]):
                break
            columns.append(_arithmetic(reading, more[1], named))
            end += more.end()
        reading.blank(found.start(), end)
        measures += [Measure(function=function, column=each.name) for each in columns for function in named]
        measures += _together([each.name for each in columns]) if named == ["sum"] else []
    measures = measures or _behind(reading) or _detached(reading)
    if measures:
        reading.take(r"how (?:high|low|large|big|great|much|many)")
        _asked_of(reading, measures)
    return measures


def _asked_of(reading: Reading, measures: list[Measure]) -> None:
    """ "How long is the mean air time": the word speaks of the column that is named."""
    found = reading.find(r"how (\w+)(?= (?:is|are|was|were))")
    topics = (
        (ADJECTIVES.get(found[1], (frozenset(),))[0] | (_SPANS if found[1] == "long" else frozenset()))
        if found
        else frozenset()
    )
    if found and any(each.column and topics & set(reading.table.field(each.column).words) for each in measures):
        reading.blank(found.start(), found.end())


def _together(columns: list[str]) -> list[Measure]:
    """ "The total of gold, silver and bronze": that of each of them, and that of all."""
    columns = list(dict.fromkeys(columns))
    return [Measure(function="sum", column=columns[0], plus=tuple(columns[1:]))] if len(columns) > 1 else []


def _behind(reading: Reading) -> list[Measure]:
    """ "Total bill sum", "body mass average": the word for how comes last."""
    found = reading.find(
        rf"{C} (sum|average|avg|mean|median|maximum|minimum|standard deviation|variance|skewness|kurtosis)"
    )
    if not found or not any(each.numeric for each in reading.names[int(found[1])].fields):
        return []
    function = function_of(found[2])
    column = _arithmetic(reading, found[1], [function])
    reading.blank(found.start(), found.end())
    return [Measure(function=function, column=column.name)]


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
        for number in reading.column_numbers():
            if reading.names[int(number)].fields == (column,):
                reading.take(f"<c{number}>")
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
    if found and found[1] == "long" and reading.find(r"(?:take|takes|took|last|lasts|lasted)"):
        reading.take(r"(?:take|takes|took|last|lasts|lasted)")
        return column_about(reading, frozenset({"duration", "time"}), "long")
    if found:
        reading.narrow(ADJECTIVES[found[1]][0])
        return column_about(reading, ADJECTIVES[found[1]][0], found[1])
    verb = reading.find(rf"({'|'.join(MEASURING_VERBS)})")
    if verb:
        column = column_about(reading, MEASURING_VERBS[verb[1]], verb[1])
        reading.blank(verb.start(), verb.end())
        return column
    return None
