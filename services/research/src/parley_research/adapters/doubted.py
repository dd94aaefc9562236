"""Tables for queries that a model wrote: one that lends the table a number of its own is not run."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from decimal import Decimal

from parley_common.contracts.research import Detail, Research
from parley_research.domain.figures import figures
from parley_research.domain.inquiry import Asked, Query
from parley_research.ports import Tables
from parley_research.sql.gate import SqlRefused, checked
from parley_research.sql.grounded import written_down
from parley_research.sql.settings import QuerySettings


class DoubtedTables:
    """`Tables` before others; what they get is judged here first, beside the event loop."""

    def __init__(self, tables: Tables, settings: QuerySettings) -> None:
        self._tables = tables
        self._limits = settings

    async def asked(self, request: Research) -> Asked:
        return await self._tables.asked(request)

    async def run(
        self, table: str, queries: Sequence[Query], columns: Sequence[str], question: str = ""
    ) -> list[Detail]:
        refused = await asyncio.to_thread(self._refused, queries, columns, question)
        honest = [query for query in queries if query.id not in refused]
        ran = {detail.query_id: detail for detail in await self._tables.run(table, honest, columns)}
        return [(ran | refused)[query.id] for query in queries]

    def _refused(self, queries: Sequence[Query], columns: Sequence[str], question: str) -> dict[str, Detail]:
        said = _said(question)
        return {
            query.id: _invented(query, what) for query in queries if (what := self._written_down(query, columns, said))
        }

    def _written_down(self, query: Query, columns: Sequence[str], said: Collection[Decimal]) -> str:
        limits = self._limits
        try:
            return written_down(checked(query.sql, columns=columns, length=limits.length, depth=limits.depth), said)
        except SqlRefused:
            return ""  # what the gate does not let through it says itself


def _said(question: str) -> set[Decimal]:
    """The numbers of a question; "19 %" is also 0.19, and what is more or less by it."""
    found = figures(question)
    shares = [figure.value / 100 for figure in found if figure.percent]
    return {figure.value for figure in found}.union(*({share, 1 + share, 1 - share} for share in shares))


def _invented(query: Query, what: str) -> Detail:
    reason = f"{what} is written in the query and not computed; every number must come from the table data."
    return Detail(query_id=query.id, question=query.question, kind=query.kind, sql=query.sql, error=reason)
