"""An analyst without a model: a grammar reads the question, and what it does not understand it says.

The engine is pure and quick, so nothing is kept between the stages: each works the plan out again.
"""

from __future__ import annotations

from collections.abc import Sequence

from parley_common.contracts.jobs import Mode
from parley_common.contracts.research import Detail, Statement, SubQuestion
from parley_research.domain import engine, queries, synthesis
from parley_research.domain.asks import Found, Lookup
from parley_research.domain.engine import Options, Plan
from parley_research.domain.inquiry import Asked, Findings, Query
from parley_research.domain.lookups import found
from parley_research.domain.pictures import picture
from parley_research.domain.results import results_of
from parley_research.domain.table import table
from parley_research.domain.tracing import Unsupported


class OfflineAnalyst:
    """An `Analyst` over the offline engine."""

    mode = Mode.OFFLINE
    model = None

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options()

    def lookups(self, asked: Asked) -> list[Query]:
        return [
            Query(id=each.column, question=f"Which words stand in {each.column}?", kind="aggregate", sql=each.sql)
            for each in self._lookups(asked)
        ]

    async def decompose(self, asked: Asked) -> list[SubQuestion]:
        return engine.divided(asked.question, options=self._options)

    async def classify(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[SubQuestion]:
        return [each.part for each in self._plan(asked, plan).parts]

    async def write(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[Query]:
        return [_plain(query) for query in self._plan(asked, plan).queries()]

    async def mend(self, asked: Asked, query: Query, error: str) -> Query | None:
        return None

    async def follow_up(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[Query]:
        return [_plain(query) for query in self._closer(asked, self._plan(asked, plan), details)]

    async def synthesize(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> Findings:
        planned, closer = self._both(asked, plan, details)
        return synthesis.findings(planned, closer, results_of(details), table(asked.profile, asked.name))

    async def correct(
        self, asked: Asked, details: Sequence[Detail], findings: Findings, wrong: Sequence[Unsupported]
    ) -> Findings:
        return findings

    async def suggest(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[str]:
        return synthesis.next_questions(self._plan(asked, plan), table(asked.profile, asked.name))

    async def analyse(
        self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail], findings: Findings
    ) -> Statement:
        planned, closer = self._both(asked, plan, details)
        return synthesis.analysis(planned, closer, results_of(details), table(asked.profile, asked.name))

    def illustrated(
        self, asked: Asked, plan: Sequence[SubQuestion], queries: Sequence[Query], details: Sequence[Detail]
    ) -> list[Detail]:
        planned, closer = self._both(asked, plan, details)
        known = {each.id: each for each in (*planned.queries(), *closer)}
        results = results_of(details)
        return [
            detail.model_copy(
                update={"chart": picture(known[detail.query_id], results[detail.query_id], most=self._options.points)}
            )
            if detail.query_id in known and detail.query_id in results
            else detail
            for detail in details
        ]

    def _plan(self, asked: Asked, plan: Sequence[SubQuestion]) -> Plan:
        return engine.plan(plan, asked.profile, self._found(asked), name=asked.name, options=self._options)

    def _closer(self, asked: Asked, plan: Plan, details: Sequence[Detail]) -> list[queries.Query]:
        return engine.follow_up(plan, results_of(details), asked.profile, name=asked.name, options=self._options)

    def _both(
        self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]
    ) -> tuple[Plan, list[queries.Query]]:
        """The plan, and the closer look at what its queries found."""
        planned = self._plan(asked, plan)
        return planned, self._closer(asked, planned, details)

    def _lookups(self, asked: Asked) -> list[Lookup]:
        return engine.lookups(asked.question, asked.profile, name=asked.name, options=self._options)

    def _found(self, asked: Asked) -> list[Found]:
        results = results_of(asked.values)
        return [
            each
            for lookup in self._lookups(asked)
            if lookup.column in results
            for each in found(lookup, results[lookup.column])
        ]


def _plain(query: queries.Query) -> Query:
    return Query(id=query.id, question=query.question, kind=query.kind, sql=query.sql)
