"""Numbers that a question brings along: an answer may repeat them, with the word they stood beside."""

from __future__ import annotations

import re

from parley_research.domain.figures import figures, readable


def given(question: str) -> list[str]:
    """Each number of the question with the word before it and with the one behind it: "than 4,000", "5 heaviest".

    The number alone is not enough: a bound that was asked for is no result.
    """
    phrases: dict[str, None] = {}
    for figure in figures(question):
        before = re.search(r"[^\W\d_]+(?=\s*$)", question[: figure.start])
        behind = re.match(r"\s*([^\W\d_]+)", question[figure.end :])
        for written in (figure.text, readable(float(figure.value))):
            phrases |= {f"{before[0]} {written}": None} if before else {}
            phrases |= {f"{written} {behind[1]}": None} if behind else {}
    return list(phrases)
