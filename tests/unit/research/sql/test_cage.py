"""The cage holds when nothing was judged before: every query here goes past the gate."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from parley_research.sql.cage import Cage
from parley_research.sql.outcome import Failure, Outcome, Rows
from parley_research.sql.settings import QuerySettings

T = TypeVar("T")
CROSS_JOIN = "SELECT count(*) FROM data a, data b, data c, data d WHERE a.n * b.n > c.n * d.n + 1"
BOMBS = [
    "SELECT repeat('x', 4000000000)",
    "SELECT length(repeat(repeat('x', 1000000), 1000000))",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT length(rpad('x', 2000000000, 'y') || rpad('x', 2000000000, 'y'))",
    "SELECT len(list_resize([1], 4000000000, 1))",
    "SELECT len(range(10000000000))",
    "SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(10000)",
    "SELECT len(list(repeat('x', 10000) || range)) FROM range(10000000)",
    "SELECT count(*) FROM (SELECT DISTINCT range, repeat('x', 100) || range FROM range(100000000))",
    "SELECT length(replace(replace(repeat('a', 60000), 'a', repeat('b', 60000)), 'b', 'cc'))",
]
READERS = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT getenv('HOME')",
    "SELECT * FROM query('SET enable_external_access = true')",
]
STATEMENTS = [
    "SELECT 1; SELECT 2",
    "SET memory_limit = '100GB'",
    "SET VARIABLE x = 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "PREPARE q AS SELECT 1",
    "ATTACH 'x.db'",
    "COPY data TO '/tmp/parley-escaped.csv'",
    "EXPORT DATABASE '/tmp/parley-escaped'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "PIVOT data ON n USING count(*)",
]


def cage(**limits: float) -> Cage:
    return Cage(QuerySettings.model_validate({"seconds": 60, "cpu_seconds": 60, **limits}))


def codes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.code if isinstance(outcome, Failure) else "rows" for outcome in outcomes]


def rows(outcome: Outcome) -> object:
    return outcome.rows if isinstance(outcome, Rows) else outcome


async def test_nothing_but_the_table_can_be_read(numbers: Path) -> None:
    assert codes(await cage().run(numbers, READERS)) == ["sql_error"] * len(READERS)


async def test_statements_other_than_one_select_are_refused(numbers: Path) -> None:
    assert codes(await cage().run(numbers, STATEMENTS)) == ["refused"] * len(STATEMENTS)


async def test_duckdb_is_locked(numbers: Path) -> None:
    names = ["lock_configuration", "enable_external_access", "autoload_known_extensions", "python_enable_replacements"]
    asked = [f"SELECT value FROM duckdb_settings() WHERE name = '{name}'" for name in (*names, "temp_directory")]  # noqa: S608
    assert [rows(found) for found in await cage().run(numbers, asked)] == [
        [["true"]],
        [["false"]],
        [["false"]],
        [["false"]],
        [[""]],
    ]


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_memory_bomb_harms_only_itself(bomb: str, numbers: Path) -> None:
    found = await cage(memory=128 << 20, seconds=5).run(numbers, ["SELECT 1", bomb, "SELECT count(*) FROM data"])
    ends = ("out_of_memory", "sql_error", "crashed", "too_large", "timeout")
    assert codes(found) in [["rows", code, "rows"] for code in ends]


async def test_a_query_past_its_deadline_is_killed_and_its_siblings_answer(numbers: Path) -> None:
    found = await cage(seconds=1.5).run(numbers, [CROSS_JOIN, "SELECT max(n) FROM data", CROSS_JOIN, "SELECT 2"])
    assert codes(found) == ["timeout", "rows", "timeout", "rows"]
    assert rows(found[1]) == [[3999]]


async def test_processor_time_ends_a_query_long_before_its_deadline(numbers: Path) -> None:
    assert codes(await cage(seconds=300, cpu_seconds=1).run(numbers, [CROSS_JOIN])) == ["timeout"]


async def test_ten_million_rows_are_counted_and_the_first_are_given(numbers: Path) -> None:
    (found,) = await cage(rows=7).run(numbers, ["SELECT a.n FROM data a, data b"])
    assert isinstance(found, Rows)
    assert (len(found.rows), found.row_count, found.truncated) == (7, 10_000_000, True)


async def test_a_result_within_the_limit_is_whole(numbers: Path) -> None:
    (found,) = await cage(rows=4000).run(numbers, ["SELECT n FROM data ORDER BY n DESC"])
    assert isinstance(found, Rows)
    assert (found.rows, found.row_count, found.truncated) == ([[n] for n in range(3999, -1, -1)], 4000, False)


async def test_order_survives_the_cut(numbers: Path) -> None:
    (found,) = await cage(rows=3).run(numbers, ["SELECT n FROM data ORDER BY n % 10 DESC, n"])
    assert (rows(found), isinstance(found, Rows) and found.row_count) == ([[9], [19], [29]], 4000)


async def test_wide_results_are_refused(numbers: Path) -> None:
    wide = ["SELECT repeat('x', 5000000)", "SELECT repeat('x', 100000) FROM data", f'SELECT 1 AS "{"c" * 6_000_000}"']
    assert codes(await cage().run(numbers, wide)) == ["too_large"] * 3


async def test_the_same_query_has_the_same_hash_and_another_has_another(numbers: Path) -> None:
    sql = "SELECT n % 7 AS k, avg(sqrt(n)) AS a FROM data GROUP BY k"
    one, two, other = await cage().run(numbers, [sql, sql, "SELECT 1"])
    assert isinstance(one, Rows)
    assert isinstance(two, Rows)
    assert isinstance(other, Rows)
    assert one.hash == two.hash != other.hash
    assert len(one.hash) == 64


async def test_sql_that_closes_the_wrapper_gains_nothing(numbers: Path) -> None:
    found = await cage().run(numbers, ["SELECT 1) AS x; DROP VIEW data; SELECT * FROM (SELECT 1", "SELECT 1) --"])
    assert set(codes(found)) <= {"refused", "sql_error"}


async def test_errors_of_duckdb_help_to_repair(numbers: Path) -> None:
    (found,) = await cage().run(numbers, ["SELECT m FROM data"])
    assert isinstance(found, Failure)
    assert found.code == "sql_error"
    assert 'Candidate bindings: "n"' in found.detail


async def test_a_file_that_is_not_there_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await cage().run(tmp_path / "none.parquet", ["SELECT 1"])


async def test_a_file_that_is_no_parquet_fails_each_query(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(b"PAR1" + os.urandom(500) + b"PAR1")
    assert codes(await cage().run(file, ["SELECT 1", "SELECT * FROM data"])) == ["sql_error"] * 2


async def test_nothing_runs_for_no_queries(tmp_path: Path) -> None:
    assert await cage().run(tmp_path / "none.parquet", []) == []


async def test_cancelling_kills_every_process_at_once(numbers: Path) -> None:
    task = asyncio.create_task(cage().run(numbers, [CROSS_JOIN, CROSS_JOIN]))
    caged = await until(lambda: processes_below(os.getpid(), at_least=3))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not any(alive(process) for process in caged))


async def test_processes_die_with_a_parent_that_is_killed(numbers: Path) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(numbers), CROSS_JOIN)
    try:
        caged = await until(lambda: processes_below(parent.pid, at_least=2))
        # Changing the user takes from a process the wish to die with its parent: wait until that has happened.
        await until(lambda: all(process.uids().effective != 0 for process in caged if process.ppid() != parent.pid))
    finally:
        parent.send_signal(signal.SIGKILL)
        await parent.wait()
    await until(lambda: not any(alive(process) for process in caged))


async def test_no_process_is_left_after_a_batch(numbers: Path) -> None:
    await cage(seconds=1).run(numbers, ["SELECT 1", CROSS_JOIN])
    assert processes_below(os.getpid(), at_least=0) == []


PARENT = """
import asyncio, sys
from pathlib import Path
from typing import TypeVar
from parley_research.sql.cage import Cage
from parley_research.sql.settings import QuerySettings
asyncio.run(Cage(QuerySettings(seconds=60, cpu_seconds=60)).run(Path(sys.argv[1]), [sys.argv[2]]))
"""


def processes_below(parent: int, *, at_least: int) -> list[psutil.Process]:
    """Those of the cage; servers of other tests may be children of this process, too."""
    found = [each for each in psutil.Process(parent).children(recursive=True) if _caged(each)]
    return found if len(found) >= at_least else []


def _caged(process: psutil.Process) -> bool:
    try:
        return any("parley_research.sql.child" in part for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def until(condition: Callable[[], T]) -> T:
    async with asyncio.timeout(30):
        # Other processes tell nobody when they start or end.
        while not (found := condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found
