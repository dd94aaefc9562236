"""Where one question ends and the next begins."""

from __future__ import annotations

import pytest

from parley_research.domain.parts import parts


@pytest.mark.parametrize(
    "question",
    [
        "Out of the penguins on Dream, what percentage are Chinstrap?",
        "For females, what is the median mass?",
        "Among all flights to SFO, which carrier has the most?",
    ],
)
def test_a_phrase_that_asks_for_nothing_stays_with_its_question(question: str) -> None:
    assert parts(question, 8) == [question]


def test_two_questions_in_a_sentence_are_two() -> None:
    assert parts("How many penguins are there, and what is their mean mass?", 8) == [
        "How many penguins are there",
        "what is their mean mass?",
    ]
