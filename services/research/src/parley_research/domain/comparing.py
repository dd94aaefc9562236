"""Words that compare, and the column that is compared with a number."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.amounts import by_unit, column_about
from parley_research.domain.asks import Operator
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.reading import Number, Reading, said
from parley_research.domain.table import Field

_UP = "|".join(word for word, (_, much) in ADJECTIVES.items() if much and word.endswith("er"))
_DOWN = "|".join(word for word, (_, much) in ADJECTIVES.items() if not much and word.endswith("er"))
OPERATORS: list[tuple[str, Operator]] = [
    (r"(?:no|not) (?:more|greater|higher|larger|longer) than|at most|up to|a maximum of|maximum", "<="),
    (r"(?:no|not) (?:less|fewer|lower|smaller) than|at least|a minimum of|minimum|not under|not below", ">="),
    (
        rf"(?:more|greater|higher|larger|bigger|{_UP}) than|over|above|north of|exceeds?|exceeding|exceeded|beyond|>",
        ">",
    ),
    (rf"(?:less|fewer|lower|smaller|{_DOWN}) than|under|below|<", "<"),
    (r"exactly|equal to|equals|=", "in"),
]
ANY = "|".join(pattern for pattern, _ in OPERATORS)
OR: list[tuple[str, Operator]] = [
    (r"or (?:more|above|over|greater|higher|longer|older|larger|later|after)|and (?:above|over|up)", ">="),
    (r"or (?:less|fewer|below|under|lower|shorter|younger|smaller|earlier)|and (?:below|under)", "<="),
]


def operator_of(words: str, known: list[tuple[str, Operator]]) -> Operator:
    return next(operator for pattern, operator in known if re.fullmatch(pattern, said(words)))


def meant(reading: Reading, word: str | None, number: Number) -> Field:
    if word is None:
        return by_unit(reading, number)
    if word.isdigit():
        return reading.field(word)
    return column_about(reading, MEASURING_VERBS[word] if word in MEASURING_VERBS else ADJECTIVES[word][0], word)


def size_of(reading: Reading) -> Field | None:
    """The column that says how many people a row stands for: a party of two."""
    return next((each for each in reading.table.fields if each.words == ("size",) and each.numeric), None)
