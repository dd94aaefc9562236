"""Which numbers of a question an answer may repeat without a citation."""

from __future__ import annotations

import pytest

from parley_research.domain.given import given


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("How many weigh more than 4000 g?", ["than 4000", "than 4,000"]),
        ("How many are between 40 and 45 mm long?", ["between 40", "and 45"]),
        ("What are the top 5 airlines?", ["top 5"]),
        ("What are the 5 heaviest?", ["5 heaviest"]),
        ("How many flights were there in month 7?", ["month 7"]),
        ("How many cost over $20?", ["over $20", "over 20"]),
    ],
)
def test_a_condition_may_be_repeated_with_its_word(question: str, phrases: list[str]) -> None:
    assert given(question) == phrases


@pytest.mark.parametrize(
    "question",
    ["Are there 342 penguins?", "Is the mean 4,201.75 g?", "I think that 12 % are male.", "344?", "No number at all"],
)
def test_a_number_that_is_no_condition_is_no_phrase(question: str) -> None:
    assert given(question) == []


def test_a_bound_beyond_every_number_is_repeated_as_it_was_written() -> None:
    assert given("How many weigh more than 1e999 g, or less than 1e-999?") == ["than 1e999", "than 1e-999"]
