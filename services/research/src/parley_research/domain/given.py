"""Numbers that a question brings along as conditions: an answer may repeat them, with the word they stood beside."""

from __future__ import annotations

import re

from parley_research.domain.figures import figures, readable

# "342 penguins" in a question would let an answer claim just that: only what bounds, dates or ranks is a condition.
_BEFORE = re.compile(
    r"\b(?:above|after|and|before|below|between|bottom|by|exceeding|exactly|first|from|hour|in|last|least|month|most|"
    r"over|quarter|since|than|to|top|under|until|week|year)(?=\s*[$€£]?$)",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s*([^\W\d_]+est|most|least|top|largest|or)\b", re.IGNORECASE)


def given(question: str) -> list[str]:
    """Each number of the question with the word that makes it a condition: "than 4,000", "5 heaviest".

    The number alone is not enough: a bound that was asked for is no result.
    """
    phrases: dict[str, None] = {}
    for figure in figures(question):
        before = _BEFORE.search(question[: figure.start])
        behind = _BEHIND.match(question, figure.end)
        for written in (figure.text, readable(float(figure.value))):
            phrases |= {f"{before[0]} {written}": None} if before else {}
            phrases |= {f"{written} {behind[1]}": None} if behind else {}
    return list(phrases)
