"""Runs SQL that may be hostile in processes that cannot do harm. It does not judge the SQL: that is the gate's part.

A batch gets a fresh process, and each of its queries a fork of that (see `child`), so that a query which is killed or
crashes takes nothing with it. Cancelling, or the death of this process, ends them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import _duckdb
from pydantic import BaseModel

import parley_common
import parley_research
from parley_research.sql.child import SLACK, Batch
from parley_research.sql.frames import HEADER, framed
from parley_research.sql.outcome import Outcome, outcome
from parley_research.sql.settings import QuerySettings

# Without `site` Python starts in a quarter of the time; these folders are all that the child imports from.
PROGRAM = "import sys; sys.path += sys.argv[1:]; from parley_research.sql.child import main; main()"
FOLDERS = [
    str(Path(folder).parent)
    for folder in (str(_duckdb.__file__), parley_common.__path__[0], parley_research.__path__[0])
]
# Address space that DuckDB does not count: code, Python, what is allocated beside its own memory limit.
UNCOUNTED = 512 << 20
STARTING = 10.0


class _End(BaseModel):
    query: int
    end: str


class Cage:
    """Answers queries on one Parquet file, seen as `table`."""

    def __init__(self, settings: QuerySettings) -> None:
        self._settings = settings

    async def run(self, file: Path, queries: Sequence[str], *, table: str = "data") -> list[Outcome]:
        """One outcome a query, in their order. `OSError` when the file cannot be read."""
        if not queries:
            return []
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            process = await _start(descriptor)
        finally:
            os.close(descriptor)
        try:
            return await self._outcomes(process, self._batch(descriptor, table, queries))
        finally:
            await _end(process)

    def _batch(self, file: int, table: str, queries: Sequence[str]) -> Batch:
        settings = self._settings
        return {
            "parent": os.getpid(),
            "file": file,
            "table": table,
            "queries": list(queries),
            "parallel": settings.parallel,
            "seconds": settings.seconds,
            "limits": {
                "memory": settings.memory,
                "address_space": settings.memory + UNCOUNTED,
                "cpu_seconds": settings.cpu_seconds,
                "rows": settings.rows,
                "counted": settings.counted_rows,
                "bytes": settings.result_bytes,
            },
        }

    async def _outcomes(self, process: Process, batch: Batch) -> list[Outcome]:
        queries, rows = batch["queries"], self._settings.rows
        ends: dict[int, Outcome] = {}
        try:
            async with asyncio.timeout(STARTING + self._settings.seconds * len(queries)):
                await _ask(process, batch)
                while len(ends) < len(queries):
                    end, written = await self._next(process)
                    sql = queries[end.query]
                    # A large result takes a while to be read.
                    ends[end.query] = await asyncio.to_thread(outcome, sql, end=end.end, written=written, rows=rows)
        except (TimeoutError, EOFError, ConnectionError):
            # The child itself died or hangs: what it said before is true, the rest has crashed.
            pass
        return [ends.get(i) or outcome(sql, end="crashed", written=b"", rows=rows) for i, sql in enumerate(queries)]

    async def _next(self, process: Process) -> tuple[_End, bytes]:
        outcomes = cast(asyncio.StreamReader, process.stdout)
        size = int.from_bytes(await outcomes.readexactly(HEADER), "big")
        if size > self._settings.result_bytes + 2 * SLACK:
            raise EOFError
        head, _, written = (await outcomes.readexactly(size)).partition(b"\n")
        return _End.model_validate_json(head), written


async def _start(file: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-c", PROGRAM, *FOLDERS,
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, pass_fds=(file,), start_new_session=True,
    )  # fmt: skip


async def _ask(process: Process, batch: Batch) -> None:
    requests = cast(asyncio.StreamWriter, process.stdin)
    requests.write(framed(json.dumps(batch).encode()))
    await requests.drain()


async def _end(process: Process) -> None:
    """Kill the child and its forks, and reap it, even while this task is being cancelled."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())
