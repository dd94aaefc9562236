"""What the workflow needs from outside: someone who thinks, and something that runs queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from parley_common.contracts.jobs import Mode
from parley_common.contracts.research import Detail, Research, Researched, Statement, SubQuestion
from parley_research.domain.inquiry import Asked, Findings, Query
from parley_research.domain.tracing import Unsupported


class Analyst(Protocol):
    """Thinks about a question; what it returns is checked before anybody relies on it."""

    @property
    def mode(self) -> Mode: ...

    @property
    def model(self) -> str | None: ...

    def lookups(self, asked: Asked) -> list[Query]:
        """Queries that find words of the question among the values of the table; may be none. Pure."""

    async def decompose(self, asked: Asked) -> list[SubQuestion]:
        """The parts of the question, at least one; none has a kind yet."""

    async def classify(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[SubQuestion]:
        """The same with their kinds; `unanswerable` where the data cannot tell."""

    async def write(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[Query]:
        """A query for each part that can be answered."""

    async def mend(self, asked: Asked, query: Query, error: str) -> Query | None:
        """The query again without its error; `None` if there is no other way to ask."""

    async def follow_up(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[Query]:
        """Queries that look closer at the largest effects; may be none."""

    async def synthesize(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> Findings:
        """Answer and findings, each number citing its cell."""

    async def correct(
        self, asked: Asked, details: Sequence[Detail], findings: Findings, wrong: Sequence[Unsupported]
    ) -> Findings:
        """The same without the numbers that nothing supports."""

    async def suggest(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[str]:
        """Questions worth asking next."""

    def illustrated(
        self, asked: Asked, plan: Sequence[SubQuestion], queries: Sequence[Query], details: Sequence[Detail]
    ) -> list[Detail]:
        """The same details with charts where a picture says more than the numbers. Pure."""

    async def analyse(
        self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail], findings: Findings
    ) -> Statement:
        """A longer text about what was found, each number citing its cell."""


class Tables(Protocol):
    """Knows what tables are like, and runs queries on them where they can do no harm."""

    async def asked(self, request: Research) -> Asked:
        """The question with the profile of its table."""

    async def run(
        self, table: str, queries: Sequence[Query], columns: Sequence[str], question: str = ""
    ) -> list[Detail]:
        """Each query's result, or the reason why it has none; in the order of the queries.

        `columns` are those of the table: a name that is also a function's is only then a column's.
        `question` is what their numbers may come from, besides the table.
        """


class Cache(Protocol):
    """Answers that were given before, each only for the owner it was given to."""

    async def find(self, owner: str, request: Research) -> Researched | None:
        """The answer to the same question about the same table, asked in the same way."""

    async def keep(self, owner: str, request: Research, researched: Researched) -> None:
        """Remember an answer for as long as its table is there."""
