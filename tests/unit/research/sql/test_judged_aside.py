"""Judging a query takes a while, and the event loop has other things to do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from parley_common.contracts.research import Detail, Research
from parley_research.adapters.doubted import DoubtedTables
from parley_research.domain.inquiry import Asked, Query
from parley_research.sql.outcome import Rows
from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings


class Columns(list[str]):
    """Names that know in which threads they were read, and let a reader wait."""

    def __init__(self) -> None:
        super().__init__(["id"])
        self.threads: set[int] = set()
        self.reading = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def __iter__(self) -> Iterator[str]:
        self.threads.add(threading.get_ident())
        self.reading.set()
        self.go_on.wait(20)
        return super().__iter__()


class NoTables:
    """`Tables` that keep the queries they get and answer none."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    async def asked(self, request: Research) -> Asked:
        raise NotImplementedError

    async def run(
        self, table: str, queries: Sequence[Query], columns: Sequence[str], question: str = ""
    ) -> list[Detail]:
        self.ran += [query.sql for query in queries]
        return [Detail(query_id=query.id, question="?", kind="trend", sql=query.sql) for query in queries]


async def test_the_gate_reads_beside_the_event_loop(queries: Queries, sales: Path) -> None:
    columns = Columns()
    (outcome,) = await queries.run(sales, ["SELECT count(*) FROM data"], columns=columns)
    assert isinstance(outcome, Rows)
    assert columns.threads
    assert threading.get_ident() not in columns.threads


async def test_whoever_is_cancelled_while_the_gate_reads_runs_nothing(queries: Queries, sales: Path) -> None:
    columns = Columns()
    columns.go_on.clear()
    running = asyncio.create_task(queries.run(sales, ["SELECT count(*) FROM data"], columns=columns))
    assert await asyncio.to_thread(columns.reading.wait, 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    columns.go_on.set()


async def test_doubts_are_settled_beside_the_event_loop_and_before_anything_runs() -> None:
    tables, columns = NoTables(), Columns()
    written = ["SELECT max(id) FROM data", "SELECT max(id) * 77 FROM data", "SELECT 1; SELECT 2"]
    asked = [Query(id=f"q{number}", question="?", kind="trend", sql=sql) for number, sql in enumerate(written)]
    details = await DoubtedTables(tables, QuerySettings()).run("table", asked, columns, "Is it 77 %?")
    assert [bool(detail.error) for detail in details] == [False, False, False]
    details = await DoubtedTables(tables, QuerySettings()).run("table", asked, columns, "Is it 76?")
    assert [bool(detail.error) for detail in details] == [False, True, False]
    assert tables.ran == [*written, written[0], written[2]]  # what is no query at all is the gate's to refuse
    assert threading.get_ident() not in columns.threads
