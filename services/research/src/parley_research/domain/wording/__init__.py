"""An answer in plain sentences: what was computed, over which rows, and each number with its cell."""

from __future__ import annotations

from collections.abc import Callable

from parley_common.contracts.research import Statement
from parley_research.domain.asks import Ask
from parley_research.domain.expressions import measure_label
from parley_research.domain.phrases import where
from parley_research.domain.prose import Prose
from parley_research.domain.queries import Query
from parley_research.domain.results import Result
from parley_research.domain.table import Table
from parley_research.domain.wording.amounts import distribution, missing, outliers, relationship, summary, value, values
from parley_research.domain.wording.groups import compare, groups, share, shares, trend
from parley_research.domain.wording.ranks import extreme_groups, top_groups, top_rows

_WRITERS: dict[str, Callable[[Ask, Prose, Table], None]] = {
    "value": value,
    "summary": summary,
    "groups": groups,
    "top groups": top_groups,
    "extreme groups": extreme_groups,
    "top rows": top_rows,
    "share": share,
    "shares": shares,
    "trend": trend,
    "compare": compare,
    "relationship": relationship,
    "distribution": distribution,
    "outliers": outliers,
    "missing": missing,
    "values": values,
}
_SEVERAL = "several rows stand for one moment; say whether their sum or their average is meant."
# The column of a result without which there is nothing to say.
_NEEDED = {"summary": "rows", "distribution": "rows", "outliers": "rows"}


def answer(query: Query, result: Result, table: Table) -> Statement:
    """The sentences that answer the question of this query."""
    prose = Prose(result)
    if ambiguous(query.ask, result):
        return prose.say(f"The data cannot tell: {_SEVERAL}").statement()
    if not told(query.ask, result):
        conditions = (*query.ask.base, *query.ask.conditions)
        return prose.say(f"No rows{where(conditions, table)} have a value to answer this with.").statement()
    _WRITERS[query.ask.shape](query.ask, prose, table)
    return prose.statement()


def ambiguous(ask: Ask, result: Result) -> bool:
    """Whether several rows stand for the one value that is wanted, so that it depends on how they are combined."""
    rows = [result.cell(row, "rows") for row in (0, len(result.rows) - 1)] if ask.single and result.rows else []
    return any(isinstance(each, int) and each > 1 for each in rows)


def told(ask: Ask, result: Result) -> bool:
    """Whether the result answers what was asked; one without a value does not."""
    if not result.rows or ambiguous(ask, result):
        return False
    if ask.shape == "value":
        return any(result.cell(0, measure_label(each)) is not None for each in ask.measures)
    if ask.shape == "share":
        return result.cell(0, "percent") is not None
    if ask.shape == "relationship":
        return result.cell(0, "correlation") is not None
    needed = _NEEDED.get(ask.shape, "")
    return needed not in result.columns or bool(result.cell(0, needed))
