"""What a job ends with: statements whose every number was found in a result, and all that led there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parley_common.contracts.jobs import Mode, Usage
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Detail, Researched, Statement, SubQuestion
from parley_research.domain.inquiry import Asked, Findings
from parley_research.domain.results import Results, results_of
from parley_research.domain.tracing import Unsupported, trace

UNSUPPORTED = "What could be said about this is not supported by the results."


class Checked(Contract):
    """Findings without the sentences that hold a number no result supports; `wrong` are those numbers."""

    findings: Findings
    wrong: list[Unsupported]
    dropped: int


def checked(findings: Findings, asked: Asked, details: Sequence[Detail]) -> Checked:
    """Compare each number with the cell it cites. An answer of which nothing is left is none.

    Nor is one without any result: nothing but the table can have told it.
    """
    results: Results = results_of(details)
    names = [*_names(asked, details), *findings.given]
    traced = [trace(statement, results, names) for statement in (findings.answer, *findings.findings)]
    answer, *others = (each.statement for each in traced)
    empty = not answer.text.strip() or (findings.answered and not results)
    return Checked(
        findings=Findings(
            answered=findings.answered and not empty,
            answer=Statement(text=UNSUPPORTED) if empty else answer,
            findings=[statement for statement in others if results and statement.text.strip()],
            given=findings.given,
        ),
        wrong=[wrong for each in traced for wrong in each.unsupported],
        dropped=sum(len(each.dropped) for each in traced),
    )


def report(
    asked: Asked,
    *,
    plan: Sequence[SubQuestion],
    details: Sequence[Detail],
    findings: Checked,
    suggestions: Sequence[str],
    analysis: Checked | None,
    mode: Mode,
    model: str | None,
    usage: Usage,
) -> Researched:
    found = findings.findings
    return Researched(
        main_question=asked.question,
        direct_answer=found.answer.text,
        key_findings=[statement.text for statement in found.findings],
        supporting_details=list(details),
        follow_up_questions=list(suggestions),
        verbose_analysis=analysis.findings.answer.text if analysis else None,
        answered=found.answered,
        answer=found.answer,
        findings=found.findings,
        plan=list(plan),
        dropped=findings.dropped + (analysis.dropped if analysis else 0),
        notes=asked.profile.notes,
        mode=mode,
        model=model,
        usage=usage,
    )


def _names(asked: Asked, details: Sequence[Detail]) -> Iterator[str]:
    """What may stand in a text with digits in it without being a figure: columns and values of the table.

    Columns of results are not among them: whoever wrote the query named them.
    """
    yield from (column.name for column in asked.profile.columns)
    for detail in details:
        yield from (cell for row in detail.rows for cell in row if isinstance(cell, str))
