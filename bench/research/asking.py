"""One question through every stage of research in offline mode, as a job takes it there."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
from pydantic import JsonValue

from parley_common.contracts.datasets import Profile
from parley_common.contracts.research import Detail, Statement
from parley_research.adapters.offline import OfflineAnalyst
from parley_research.domain.inquiry import Asked, Findings, Query
from parley_research.domain.report import Checked, checked

# What queries find in a table.
Runner = Callable[[Sequence[Query]], Awaitable[list[Detail]]]


@dataclass(frozen=True)
class Answered:
    """What a job would end with; `dropped` sentences held a number that no result supports."""

    findings: Findings
    details: list[Detail]
    suggestions: list[str]
    analysis: Statement
    dropped: int

    @property
    def text(self) -> str:
        return self.findings.answer.text


async def research(question: str, profile: Profile, run: Runner, *, name: str) -> Answered:
    """The answer to a question about the table that `run` queries; `name` is what its file was called."""
    analyst, asked = OfflineAnalyst(), Asked(question=question, name=name, profile=profile)
    values = await run(analyst.lookups(asked))
    asked = asked.model_copy(update={"values": [each for each in values if not each.error]})
    plan = await analyst.classify(asked, await analyst.decompose(asked))
    details = await run(await analyst.write(asked, plan))
    details += await run(await analyst.follow_up(asked, plan, details))
    said = checked(await analyst.synthesize(asked, plan, details), asked, details)
    analysis = await analyst.analyse(asked, plan, details, said.findings)
    queries: list[Query] = []
    return Answered(
        findings=said.findings,
        details=analyst.illustrated(asked, plan, queries, details),
        suggestions=await analyst.suggest(asked, plan, details),
        analysis=analysis,
        dropped=_dropped(said, analysis, asked, details),
    )


def _dropped(said: Checked, analysis: Statement, asked: Asked, details: Sequence[Detail]) -> int:
    alone = Findings(answered=said.findings.answered, answer=analysis, given=said.findings.given)
    return said.dropped + checked(alone, asked, details).dropped


def duck(data: pd.DataFrame) -> Runner:
    """Queries over one frame as the table `data`, without gate and cage."""
    connection = duckdb.connect()
    connection.register("data", data)

    async def run(queries: Sequence[Query]) -> list[Detail]:
        return [_detail(connection, each) for each in queries]

    return run


def _detail(connection: duckdb.DuckDBPyConnection, query: Query) -> Detail:
    known = query.model_dump(include={"question", "kind", "sql"}) | {"query_id": query.id}
    try:
        cursor = connection.execute(query.sql)
        rows = [[_json(cell) for cell in row] for row in cursor.fetchall()]
    except duckdb.Error as error:
        return Detail.model_validate(known | {"error": str(error)})
    columns = [each[0] for each in cursor.description or []]
    return Detail.model_validate(known | {"columns": columns, "rows": rows, "row_count": len(rows)})


def _json(value: object) -> JsonValue:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value  # type: ignore[return-value]
