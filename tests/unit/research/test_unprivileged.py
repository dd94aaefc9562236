"""Both cages where Parley does not run as root, as in its images: fewer walls, and still nothing gets out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="all other tests of the cages run unprivileged then")

NOBODY = 65534
# It keeps one right, for Python may lie in a private folder, and hands it on to what it starts.
UNPRIVILEGED = """
import asyncio, ctypes, json, os, struct, sys
from pathlib import Path
from parley_research.datasets.failures import UnreadableDataset
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.sql.cage import Cage
from parley_research.sql.outcome import Rows
from parley_research.sql.settings import QuerySettings

KEEPCAPS, AMBIENT, RAISE, MAY_READ = 8, 47, 2, 2
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(KEEPCAPS, 1, 0, 0, 0)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
mask = 1 << MAY_READ
libc.capset(struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", mask, mask, mask, 0, 0, 0))
libc.prctl(AMBIENT, RAISE, MAY_READ, 0, 0)
assert os.geteuid() == 65534
"""
QUERYING = """
queries = json.loads(sys.argv[2])
outcomes = asyncio.run(Cage(QuerySettings(seconds=1.5)).run(Path(sys.argv[1]), queries))
print(json.dumps([each.rows if isinstance(each, Rows) else each.code for each in outcomes]))
"""
LOADING = """
async def loaded(name):
    folder = Path(sys.argv[1])
    try:
        profile = await load(folder / name, folder / "table", filename=name, settings=DatasetSettings(data=folder))
    except UnreadableDataset as error:
        return error.code
    return profile.rows

print(json.dumps([asyncio.run(loaded(name)) for name in ("good.csv", "empty.csv")]))
"""


def told(program: str, *arguments: str) -> Any:
    ended = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED + program, *arguments], capture_output=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


def test_queries_are_answered_kept_in_and_ended(tmp_path: Path) -> None:
    table = tmp_path / "table.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT range AS n FROM range(4000)) TO '{table}' (FORMAT parquet)")  # noqa: S608
    attempts = [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('PATH')",
        "COPY data TO '/tmp/parley-escaped.csv'",
        "SELECT repeat('x', 4000000000)",
    ]
    endless = "SELECT count(*) FROM data a, data b, data c, data d WHERE a.n * b.n > c.n * d.n + 1"
    answers = told(QUERYING, str(table), json.dumps(["SELECT max(n) FROM data", *attempts, endless]))
    assert answers[0] == [[3999]]
    assert answers[1:5] == ["sql_error", "sql_error", "sql_error", "refused"]
    assert answers[5] in {"out_of_memory", "sql_error", "crashed", "too_large"}
    assert answers[6] == "timeout"


def test_uploads_are_loaded_and_refused_and_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("city,sales\nA,1\nB,2\n")
    (tmp_path / "empty.csv").write_text("")
    os.chown(tmp_path, NOBODY, NOBODY)
    assert told(LOADING, str(tmp_path)) == [2, "dataset_empty"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["empty.csv", "good.csv", "table"]
