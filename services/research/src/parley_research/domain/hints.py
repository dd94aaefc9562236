"""What a question says of a table beside its words: columns in parentheses, and the world where it has countries."""

# Patterns are read in one line.
from __future__ import annotations

import re

from parley_research.domain.lexicon import HIGH, LOW, STOP
from parley_research.domain.naming import in_full
from parley_research.domain.table import Table
from parley_research.domain.words import stems

_HINT = re.compile(r"\(\s*([^()]{1,80}?)\s*\)")
_KEPT = frozenset(
    {*STOP, *HIGH.split("|"), *LOW.split("|")}
    | set(
        [
            "average",
            "mean",
            "median",
            "sum",
            "typical",
            "deviation",
            "standard",
            "variance",
            "percentage",
            "share",
            "ratio",
            "skewness",
        ]
    )
)
_DESCRIBED = 3


def hinted(question: str, table: Table) -> str:
    """ "Food expenditure (foodexp)": the words in front of a column in parentheses only describe it."""
    for found in reversed(list(_HINT.finditer(question))):
        fields = in_full(stems(found[1]), found[1], table.fields)
        if len(fields) == 1:
            question = _described(question[: found.start()]) + f" {found[1]}" + question[found.end() :]
    return question


def _described(before: str) -> str:
    """The words in front of a hint without those, at most three, that nothing else gives a meaning to."""
    kept = before.rstrip().split(" ")
    for _ in range(_DESCRIBED):
        word = kept[-1].casefold()
        if len(kept) < 2 or word in _KEPT or not word.isalpha():
            break
        kept.pop()
    return " ".join(kept)


def worldly(question: str, table: Table) -> str:
    """The world is all there is in a table of countries."""
    if not any({"country", "nation"} & set(each.words) for each in table.fields):
        return question
    question = re.sub(
        r"\b(?:in|of) the (?:whole |entire )?world\b|\b(?:worldwide|globally)\b", " ", question, flags=re.I
    )
    return re.sub(r"\b(?:the )?(?:world(?:['’]s)?|global) (?=population)", "the total ", question, flags=re.I)
