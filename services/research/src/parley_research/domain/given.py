"""Numbers that a question brings along as conditions: an answer may repeat them, with the word they stood beside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from parley_research.domain.figures import Figure, figures, readable

# "342 penguins" in a question would let an answer claim just that: only what bounds, dates or ranks is a condition.
_BEFORE = re.compile(
    r"\b(?:above|after|and|before|below|between|bottom|by|exceeding|exactly|first|from|hour|in|last|least|month|most|"
    r"over|quarter|since|than|to|top|under|until|week|year)(?=\s*[$€£]?$)",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s*([^\W\d_]+est|most|least|top|largest|or)\b", re.IGNORECASE)


def _plain(figure: Figure) -> Iterator[str]:
    """How an answer would write it; no number of a table is beyond the range of a float."""
    value = float(figure.value)
    if math.isfinite(value) and bool(value) == bool(figure.value):
        yield readable(value)


def given(question: str) -> list[str]:
    """Each number of the question with the word that makes it a condition: "than 4,000", "5 heaviest".

    The number alone is not enough: a bound that was asked for is no result.
    """
    phrases: dict[str, None] = {}
    for figure in figures(question):
        before = _BEFORE.search(question[: figure.start])
        behind = _BEHIND.match(question, figure.end)
        for written in dict.fromkeys((figure.text, *_plain(figure))):
            phrases |= {f"{before[0]} {written}": None} if before else {}
            phrases |= {f"{written} {behind[1]}": None} if behind else {}
    return list(phrases)
