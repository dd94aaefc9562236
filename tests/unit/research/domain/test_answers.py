"""A quick part of the evaluation: right numbers, every one cited, and refusals where the table cannot tell."""

from __future__ import annotations

import math

import pytest

from bench.research.cases import framed, judge
from bench.research.development import ANSWERABLE, UNANSWERABLE
from bench.research.running import duck, research
from bench.research.tables import frame, profile
from parley_research.domain.charts import validated
from parley_research.domain.figures import figures

SMALL = ("penguins", "tips", "iris", "medals_wide", "medals_long")


def test_the_answers_of_the_small_tables_are_those_of_pandas() -> None:
    outcomes = judge([each for each in ANSWERABLE if each.table in SMALL], framed)
    assert [each.question for each in outcomes if each.verdict == "wrong"] == []
    right = sum(each.verdict == "right" for each in outcomes)
    assert right / len(outcomes) >= 0.95


def test_questions_the_small_tables_cannot_answer_are_refused() -> None:
    outcomes = judge([each for each in UNANSWERABLE if each.table in SMALL], framed)
    assert [each.question for each in outcomes if each.verdict != "refused"] == []


@pytest.mark.parametrize(
    "question",
    [
        "Average body mass by species",
        "What percentage of penguins are male?",
        "correlation between bill length and body mass",
        "How did the mean flipper length change over time?",
        "distribution of body mass",
    ],
)
def test_every_figure_of_an_answer_is_the_cell_it_cites(question: str) -> None:
    said = research(question, profile("penguins"), duck(frame("penguins")), name="penguins.csv")
    details = {each.query_id: each for each in said.details}
    assert said.dropped == 0
    assert said.answer.text in said.analysis.text
    for statement in (said.answer, *said.findings):
        assert statement.numbers
        for number in statement.numbers:
            detail = details[number.citation.query_id]
            cell = detail.rows[number.citation.row][detail.columns.index(number.citation.column)]
            assert math.isclose(float(str(cell)), number.value)
            assert figures(statement.text[number.start : number.end])


def test_groups_lines_histograms_and_scatters_are_drawn_and_single_numbers_are_not() -> None:
    def marks(question: str) -> list[str]:
        said = research(question, profile("penguins"), duck(frame("penguins")), name="penguins.csv")
        charts = [validated(each.chart) for each in said.details if each.chart]
        return [str(each["mark"]["type"]) for each in charts if isinstance(each["mark"], dict)]

    assert marks("Average body mass by species")[0] == "bar"
    assert marks("average body mass by year")[0] == "line"
    assert marks("distribution of body mass") == ["bar"]
    assert marks("correlation of bill length and body mass") == ["point"]
    assert marks("missing values in sex") == []


def test_the_next_questions_can_be_answered() -> None:
    run = duck(frame("penguins"))
    said = research("Average body mass by species", profile("penguins"), run, name="penguins.csv")
    assert said.follow_up_questions
    for question in said.follow_up_questions:
        assert research(question, profile("penguins"), run, name="penguins.csv").answered


def test_no_rows_is_said_and_no_number_made_up() -> None:
    question = "What is the average body mass of Gentoo penguins on Dream?"
    said = research(question, profile("penguins"), duck(frame("penguins")), name="penguins.csv")
    assert said.answer.text.startswith("No rows")
    assert not said.answer.numbers
