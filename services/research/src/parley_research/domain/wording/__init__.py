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
# The column of a result without which there is nothing to say.
_NEEDED = {"summary": "rows", "distribution": "rows", "outliers": "rows", "relationship": "correlation"}


def answer(query: Query, result: Result, table: Table) -> Statement:
    """The sentences that answer the question of this query."""
    prose = Prose(result)
    if not result.rows or _nothing(query.ask, result):
        conditions = (*query.ask.base, *query.ask.conditions)
        return prose.say(f"No rows{where(conditions, table)} have a value to answer this with.").statement()
    _WRITERS[query.ask.shape](query.ask, prose, table)
    return prose.statement()


def _nothing(ask: Ask, result: Result) -> bool:
    if ask.shape == "value":
        return all(result.cell(0, measure_label(each)) is None for each in ask.measures)
    if ask.shape == "share":
        return result.cell(0, "percent") is None
    needed = _NEEDED.get(ask.shape, "")
    return needed in result.columns and not result.cell(0, needed)
