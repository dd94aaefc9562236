"""What must hold of every result: each number in a text is the cell it cites."""

from __future__ import annotations

import math

from parley_common.contracts.research import Researched, Statement
from parley_research.domain.figures import figures, rounded


def assert_traced(result: Researched) -> None:
    """Every cited number stands in its text as written and is its cell, rounded to the last written place."""
    details = {each.query_id: each for each in result.supporting_details}
    assert result.answer.text == result.direct_answer
    assert [each.text for each in result.findings] == result.key_findings
    for statement in (result.answer, *result.findings):
        for number in statement.numbers:
            detail = details[number.citation.query_id]
            cell = detail.rows[number.citation.row][detail.columns.index(number.citation.column)]
            assert isinstance(cell, int | float)
            assert math.isclose(cell, number.value)
            written = figures(statement.text[number.start : number.end])[0]
            assert rounded(cell, written.step) == written.value


def written(statement: Statement) -> list[str]:
    """The cited numbers of a text, as they stand in it."""
    return [statement.text[each.start : each.end] for each in statement.numbers]
