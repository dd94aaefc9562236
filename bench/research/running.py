"""One question through the whole engine, with DuckDB over a frame as the runner."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable

import duckdb
import pandas as pd
from pydantic import JsonValue

from parley_common.contracts.datasets import Profile
from parley_research.domain.engine import divided, follow_up, lookups, plan
from parley_research.domain.lookups import found
from parley_research.domain.results import Result
from parley_research.domain.synthesis import Synthesis, synthesize

# The result of a query by its id and SQL; nothing where it failed.
Runner = Callable[[str, str], Result | None]


def duck(data: pd.DataFrame) -> Runner:
    """A runner of SQL over one frame as the table `data`."""
    connection = duckdb.connect()
    connection.register("data", data)

    def run(identity: str, sql: str) -> Result:
        cursor = connection.execute(sql)
        columns = [each[0] for each in cursor.description or []]
        rows = [[_json(cell) for cell in row] for row in cursor.fetchall()]
        return Result(query_id=identity, columns=columns, rows=rows, row_count=len(rows))

    return run


def _json(value: object) -> JsonValue:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value  # type: ignore[return-value]


def research(question: str, profile: Profile, run: Runner, *, name: str) -> Synthesis:
    """The answer to a question, as the seven stages make it."""
    values = [
        each
        for asked in lookups(question, profile, name=name)
        if (result := run("lookup", asked.sql))
        for each in found(asked, result)
    ]
    planned = plan(divided(question), profile, values, name=name)
    results = {each.id: result for each in planned.queries() if (result := run(each.id, each.sql))}
    closer = follow_up(planned, results, profile, name=name)
    results |= {each.id: result for each in closer if (result := run(each.id, each.sql))}
    return synthesize(planned, closer, results, profile, name=name)
