"""What of an answer is kept: sentences whose every number is a cell of a result."""

from __future__ import annotations

from parley_common.contracts.datasets import Column, Profile
from parley_common.contracts.research import Citation, CitedNumber, Detail, Statement
from parley_research.domain.inquiry import Asked, Findings
from parley_research.domain.report import UNSUPPORTED, checked

PROFILE = Profile(format="csv", rows=3, columns=[Column(name="sales 2024", type="integer")], hash="0" * 64, size=1)
ASKED = Asked(question="How many?", name="shop.csv", profile=PROFILE)
DETAIL = Detail(
    query_id="q1", question="?", kind="aggregate", sql="", columns=["n", "about 77"], rows=[[42, "Boeing 747"]]
)
FAILED = Detail(query_id="q1", question="?", kind="aggregate", sql="", error="It failed.")


def cited(text: str, written: str, value: float = 42.0) -> Statement:
    start = text.index(written)
    citation = Citation(query_id="q1", row=0, column="n")
    return Statement(
        text=text, numbers=[CitedNumber(start=start, end=start + len(written), value=value, citation=citation)]
    )


def answer(statement: Statement, *findings: Statement, answered: bool = True) -> Findings:
    return Findings(answered=answered, answer=statement, findings=list(findings))


def test_a_supported_answer_stays_as_it_is() -> None:
    found = answer(cited("There are 42.", "42"), cited("Really 42.", "42"))
    outcome = checked(found, ASKED, [DETAIL])
    assert (outcome.findings, outcome.wrong, outcome.dropped) == (found, [], 0)


def test_a_finding_of_which_nothing_is_left_is_gone() -> None:
    outcome = checked(answer(cited("There are 42.", "42"), Statement(text="And 7 more.")), ASKED, [DETAIL])
    assert (outcome.findings.findings, outcome.dropped, [each.text for each in outcome.wrong]) == ([], 1, ["7"])


def test_an_answer_of_which_nothing_is_left_is_no_answer() -> None:
    outcome = checked(answer(Statement(text="There are 7.")), ASKED, [DETAIL])
    assert (outcome.findings.answered, outcome.findings.answer.text) == (False, UNSUPPORTED)


def test_nothing_is_claimed_without_a_result() -> None:
    outcome = checked(answer(Statement(text="Because of the cold."), Statement(text="So it is.")), ASKED, [FAILED])
    assert (outcome.findings.answered, outcome.findings.answer.text) == (False, UNSUPPORTED)
    assert outcome.findings.findings == []


def test_why_there_is_no_answer_may_be_said_without_a_result() -> None:
    outcome = checked(answer(Statement(text="No column holds it."), answered=False), ASKED, [FAILED])
    assert outcome.findings.answer.text == "No column holds it."


def test_names_of_the_table_may_be_said_and_names_of_a_query_may_not() -> None:
    named = [
        Statement(text="That is sales 2024."),
        Statement(text="Boeing 747 leads."),
        Statement(text="It is about 77."),
    ]
    outcome = checked(answer(cited("There are 42.", "42"), *named), ASKED, [DETAIL])
    assert [each.text for each in outcome.findings.findings] == ["That is sales 2024.", "Boeing 747 leads."]
