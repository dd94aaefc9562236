"""Answers queries about a dataset: the gate judges each, the cage runs those it lets through."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from parley_research.sql.cage import Cage
from parley_research.sql.gate import SqlRefused, checked
from parley_research.sql.outcome import Failure, Outcome
from parley_research.sql.settings import QuerySettings


class Queries:
    """Runs batches of queries on Parquet files; use one for the life of the process."""

    def __init__(self, settings: QuerySettings) -> None:
        self._settings = settings
        self._cage = Cage(settings)

    async def run(
        self, file: Path, queries: Sequence[str], *, table: str = "data", columns: Collection[str] = ()
    ) -> list[Outcome]:
        """One outcome a query, in their order; a bad query is a `Failure`, an unreadable file raises `OSError`."""
        # Beside the event loop: to read what is as long as it may be takes a while.
        judged = await asyncio.to_thread(lambda: [self._judge(sql, table, columns) for sql in queries])
        ran = iter(await self._cage.run(file, [sql for sql in judged if isinstance(sql, str)], table=table))
        return [next(ran) if isinstance(sql, str) else sql for sql in judged]

    def _judge(self, sql: str, table: str, columns: Collection[str]) -> str | Failure:
        limits = self._settings
        try:
            return checked(sql, table=table, columns=columns, length=limits.length, depth=limits.depth)
        except SqlRefused as error:
            return Failure(sql=sql[: limits.length], code="refused", detail=error.detail)
