"""Which query answers what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parley_common.contracts.model import Contract
from parley_common.contracts.research import QuestionKind
from parley_research.domain.asks import Ask
from parley_research.domain.statements import groups, single

_KINDS: dict[str, QuestionKind] = {
    "value": "aggregate",
    "summary": "aggregate",
    "share": "aggregate",
    "missing": "aggregate",
    "values": "aggregate",
    "groups": "comparison",
    "top groups": "comparison",
    "extreme groups": "comparison",
    "top rows": "comparison",
    "compare": "comparison",
    "shares": "distribution",
    "distribution": "distribution",
    "trend": "trend",
    "relationship": "relationship",
    "outliers": "outlier",
}


class Query(Contract):
    """A query and what it was asked for; `parent` is the query a drill-down started from."""

    id: str
    question: str
    kind: QuestionKind
    sql: str
    ask: Ask
    parent: str | None = None


def query(identity: str, question: str, ask: Ask, *, others: Sequence[str] = (), parent: str | None = None) -> Query:
    """The query that answers; `others` are the columns shown beside the one that ranks rows."""
    return Query(id=identity, question=question, kind=_KINDS[ask.shape], sql=_sql(ask, others), ask=ask, parent=parent)


def _sql(ask: Ask, others: Sequence[str]) -> str:
    if ask.shape == "top rows":
        return groups.top_rows(ask, others)
    return _BUILDERS[ask.shape](ask)


_BUILDERS: dict[str, Callable[[Ask], str]] = {
    "value": single.value,
    "summary": single.summary,
    "groups": groups.groups,
    "top groups": groups.top_groups,
    "extreme groups": groups.extreme_groups,
    "share": groups.share,
    "shares": groups.shares,
    "trend": groups.trend,
    "compare": groups.compare,
    "relationship": single.relationship,
    "distribution": single.distribution,
    "outliers": single.outliers,
    "missing": single.missing,
    "values": groups.values,
}
