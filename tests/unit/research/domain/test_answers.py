"""A quick part of the evaluation: right numbers, every one cited, and refusals where the table cannot tell."""

from __future__ import annotations

import math

import pytest

from bench.research.asking import Answered, duck, research
from bench.research.judging import framed, judge
from bench.research.questions import NAMES, question_set
from bench.research.tables import frame, profile
from parley_research.domain.charts import validated
from parley_research.domain.figures import figures

SMALL = ("penguins", "tips", "iris", "medals_wide", "medals_long")
SETS = [question_set(name) for name in NAMES]


async def asked(question: str, table: str = "penguins") -> Answered:
    (answer,) = await research([question], profile(table), duck(frame(table)), name=f"{table}.csv")
    return answer


async def test_the_answers_of_the_small_tables_are_those_of_pandas() -> None:
    outcomes = await judge([case for each in SETS for case in each.answerable if case.table in SMALL], framed)
    assert [each.question for each in outcomes if each.verdict == "wrong"] == []
    right = sum(each.verdict == "right" for each in outcomes)
    assert right / len(outcomes) >= 0.9


async def test_questions_the_small_tables_cannot_answer_are_refused() -> None:
    outcomes = await judge([case for each in SETS for case in each.unanswerable if case.table in SMALL], framed)
    assert [each.question for each in outcomes if each.verdict != "refused"] == []


@pytest.mark.parametrize(
    "question",
    [
        "Average body mass by species",
        "What percentage of penguins are male?",
        "correlation between bill length and body mass",
        "How did the mean flipper length change over time?",
        "distribution of body mass",
        "bill depth as a percentage of bill length on average",
        "How many penguins weigh at least 5,000 g?",
        "90th percentile of body mass",
    ],
)
async def test_every_figure_of_an_answer_is_the_cell_it_cites(question: str) -> None:
    said = await asked(question)
    details = {each.query_id: each for each in said.details}
    assert said.dropped == 0
    assert said.text in said.analysis.text
    for statement in (said.findings.answer, *said.findings.findings):
        assert statement.numbers
        for number in statement.numbers:
            detail = details[number.citation.query_id]
            cell = detail.rows[number.citation.row][detail.columns.index(number.citation.column)]
            assert math.isclose(float(str(cell)), number.value)
            assert figures(statement.text[number.start : number.end])


async def test_groups_lines_histograms_and_scatters_are_drawn_and_single_numbers_are_not() -> None:
    async def marks(question: str) -> list[str]:
        charts = [validated(each.chart) for each in (await asked(question)).details if each.chart]
        return [str(each["mark"]["type"]) for each in charts if isinstance(each["mark"], dict)]

    assert (await marks("Average body mass by species"))[0] == "bar"
    assert (await marks("average body mass by year"))[0] == "line"
    assert await marks("distribution of body mass") == ["bar"]
    assert await marks("correlation of bill length and body mass") == ["point"]
    assert await marks("missing values in sex") == []


async def test_the_next_questions_can_be_answered() -> None:
    said = await asked("Average body mass by species")
    assert said.suggestions
    for question in said.suggestions:
        assert (await asked(question)).findings.answered


@pytest.mark.parametrize(
    ("table", "question", "text"),
    [
        ("penguins", "How many penguins are female?", "There are 165 rows where sex is female."),
        ("penguins", "What is the average body mass of Gentoo?", "Where species is Gentoo, the mean body_mass_g is "),
        ("penguins", "mean bill length by sex", "The mean bill_length_mm by sex: male 45.85 mm and female 42.10 mm."),
        ("tips", "total bill by day in total", "Thur 1,096.33 and Fri 325.88."),
        ("tips", "What is the 90th percentile of tips?", "The 90th percentile of tip is 5 (244 rows)."),
    ],
)
async def test_sentences_read_well_and_numbers_beside_each_other_look_alike(
    table: str, question: str, text: str
) -> None:
    assert text in (await asked(question, table)).text


@pytest.mark.parametrize(
    ("table", "question", "reason"),
    [
        ("penguins", "What is the average body mass of Gentoo penguins on Dream?", "No rows where"),
        ("penguins", "How many penguins were there in 2015?", "goes from “2007” to “2009”"),
        ("tips", "How many tips took over 2 hours?", "does not say the unit"),
        ("gapminder", "By what percentage did life expectancy grow?", "several rows stand for one moment"),
    ],
)
async def test_what_there_is_no_answer_to_is_said_and_no_number_made_up(table: str, question: str, reason: str) -> None:
    said = await asked(question, table)
    assert reason in said.text
    assert not said.findings.answer.numbers
    assert not said.findings.answered
