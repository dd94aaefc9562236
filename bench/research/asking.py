"""Questions through every stage of research in offline mode, as jobs take them there."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
from pydantic import JsonValue

from parley_common.contracts.datasets import Profile
from parley_common.contracts.research import Detail, Statement, SubQuestion
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


async def research(questions: Sequence[str], profile: Profile, run: Runner, *, name: str) -> list[Answered]:
    """The answers to questions about the table that `run` queries; `name` is what its file was called.

    All questions go through a stage together, so that few and large batches are run.
    """
    analyst = OfflineAnalyst()
    asked = [Asked(question=each, name=name, profile=profile) for each in questions]
    values = await _batch(run, [analyst.lookups(each) for each in asked])
    asked = [
        each.model_copy(update={"values": [value for value in known if not value.error]})
        for each, known in zip(asked, values, strict=True)
    ]
    plans = [await analyst.classify(each, await analyst.decompose(each)) for each in asked]
    found = await _batch(run, [await analyst.write(*each) for each in zip(asked, plans, strict=True)])
    closer = await _batch(run, [await analyst.follow_up(*each) for each in zip(asked, plans, found, strict=True)])
    details = [[*one, *other] for one, other in zip(found, closer, strict=True)]
    return [await _answered(analyst, *each) for each in zip(asked, plans, details, strict=True)]


async def _batch(run: Runner, batches: Sequence[Sequence[Query]]) -> list[list[Detail]]:
    """What each of the batches found, run as one."""
    flat = [query for batch in batches for query in batch]
    found = iter(await run([each.model_copy(update={"id": f"{place}"}) for place, each in enumerate(flat)]))
    return [[next(found).model_copy(update={"query_id": each.id}) for each in batch] for batch in batches]


async def _answered(
    analyst: OfflineAnalyst, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]
) -> Answered:
    said = checked(await analyst.synthesize(asked, plan, details), asked, details)
    analysis = await analyst.analyse(asked, plan, details, said.findings)
    return Answered(
        findings=said.findings,
        details=analyst.illustrated(asked, plan, [], details),
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
