"""The notebook, run for real on the file it belongs to and on others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import nbformat
import pytest
from tests.unit.gateway.export.conftest import Export, failed

from parley_common.contracts.research import Detail, Researched
from parley_gateway.export import Format

TABLE = """
    SELECT * FROM (VALUES
        ('North', 1.5, 10::BIGINT, DATE '2026-01-31', TIMESTAMP '2026-01-31 10:00:00.5', [1, 2], true),
        ('Süd "x" ''y''', -2.25, 9007199254740993, DATE '2026-02-28', TIMESTAMP '2026-02-28 00:00:00', [3], false),
        (NULL, 'NaN'::DOUBLE, NULL, NULL, NULL, NULL, NULL)
    ) AS rows(region, price, units, day, moment, list, open)
"""
RUN = """
import json, sys
cells = json.load(open(sys.argv[1]))["cells"]
names = {}
for cell in cells:
    if cell["cell_type"] == "code":
        exec(compile(cell["source"], "cell", "exec"), names)
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    duckdb.connect().execute(f"COPY ({TABLE}) TO '{tmp_path / 'dataset.parquet'}' (FORMAT parquet)")
    return tmp_path / "dataset.parquet"


@pytest.fixture
def researched(result: Researched) -> Researched:
    everything = Detail(
        query_id="q1",
        question="What is there?",
        kind="aggregate",
        sql="SELECT *, units::DECIMAL(20, 0) AS many\nFROM data\nORDER BY price -- dear",
        columns=["region", "price", "units", "day", "moment", "list", "open", "many"],
        rows=[
            [
                "Süd \"x\" 'y'",
                -2.25,
                "9007199254740993",
                "2026-02-28",
                "2026-02-28T00:00:00",
                [3],
                False,
                "9007199254740993",
            ],
            ["North", 1.5, 10, "2026-01-31", "2026-01-31T10:00:00.5", [1, 2], True, 10.0],
            [None, "NaN", None, None, None, None, None, None],
        ],
        row_count=3,
    )
    some = Detail(
        query_id="q2",
        question="And all?",
        kind="aggregate",
        sql="SELECT i FROM range(100) AS r(i)",
        columns=["i"],
        rows=[[0], [1]],
        row_count=100,
    )
    unordered = Detail(
        query_id="q3",
        question="By openness?",
        kind="comparison",
        sql="SELECT open, count(*) AS n FROM data GROUP BY open ORDER BY n",
        columns=["open", "n"],
        rows=[[False, 1], [None, 1], [True, 1]],
        row_count=3,
    )
    return result.model_copy(update={"supporting_details": [everything, some, failed(), unordered]})


def run(folder: Path, body: bytes) -> subprocess.CompletedProcess[str]:
    (folder / "notebook.ipynb").write_bytes(body)
    return subprocess.run(
        [sys.executable, "-c", RUN, "notebook.ipynb"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_notebook_gives_the_same_rows_again(dataset: Path, exported: Export, researched: Researched) -> None:
    done = run(dataset.parent, exported(Format.NOTEBOOK, researched).body)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "This is not the file that the report was made from.",
        "3 rows are the same",
        "2 rows are the same",
        "3 rows are the same",
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("SELECT * REPLACE (price + 0.0001 AS price) FROM data", "row 1 is"),
        ("SELECT * REPLACE (day + 1 AS day) FROM data", "row 1 is"),
        ("FROM data LIMIT 2", "there are 2 rows"),
        ("FROM data UNION ALL FROM data", "there are 6 rows"),
        ("SELECT * REPLACE ('East' AS region) FROM data", "row 1 is"),
    ],
)
def test_notebook_stops_at_a_changed_file(
    change: str, complaint: str, dataset: Path, exported: Export, researched: Researched
) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE data AS FROM '{dataset}'")
    connection.execute(f"COPY ({change}) TO '{dataset}' (FORMAT parquet)")
    done = run(dataset.parent, exported(Format.NOTEBOOK, researched).body)
    assert done.returncode == 1
    assert f"AssertionError: {complaint}" in done.stderr


def test_queries_see_no_other_file(dataset: Path, exported: Export, researched: Researched) -> None:
    curious = researched.supporting_details[0].model_copy(update={"sql": "FROM read_text('/etc/hostname')"})
    body = exported(Format.NOTEBOOK, researched.model_copy(update={"supporting_details": [curious]})).body
    assert "PermissionException" in run(dataset.parent, body).stderr


@pytest.mark.parametrize(
    "hostile", ['"""\nimport os; print("out")\n"""', "'); print('out') #", "\\", "\u202e' + x", "\x00\u2028"]
)
def test_text_cannot_leave_its_literal(hostile: str, dataset: Path, exported: Export, researched: Researched) -> None:
    detail = researched.supporting_details[0].model_copy(
        update={"sql": hostile, "columns": [hostile], "rows": [[hostile]]}
    )
    asked = {"supporting_details": [detail], "main_question": hostile}
    body = exported(Format.NOTEBOOK, researched.model_copy(update=asked), dataset_hash=hostile).body
    done = run(dataset.parent, body)
    assert "out" not in done.stdout.splitlines()
    assert done.returncode == 1
    assert "duckdb.ParserException" in done.stderr


def test_notebook_is_valid_names_its_file_first_and_ends_with_the_answer(
    exported: Export, researched: Researched
) -> None:
    body = exported(Format.NOTEBOOK, researched).body
    notebook = nbformat.reads(body.decode(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert json.loads(body)["nbformat"] == 4
    assert notebook.cells[0].source.startswith('DATASET = "dataset.parquet"\n')
    assert "North sold 1,204.5 \\[1\\] in total" in notebook.cells[-1].source
