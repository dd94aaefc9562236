"""A notebook that runs the queries of the report again and stops at the first row that is no longer the same."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any

from parley_common.contracts.research import Detail
from parley_gateway.export import markdown
from parley_gateway.export.report import Report

HOW = """\
This notebook runs every query of the report again and compares each row with the report's.

It needs Python with the package `duckdb`, and the dataset: download it from Parley as a Parquet file
(`GET /datasets/{id}/parquet`), put it beside this notebook and name it in the next cell."""

# As the queries ran at first: one thread (sums of floats come out the same), UTC, no file in sight but the table.
SETUP = """\
import hashlib
import json
import math

import duckdb

with open(DATASET, "rb") as file:
    if DATASET_HASH and hashlib.file_digest(file, "sha256").hexdigest() != DATASET_HASH:
        print("This is not the file that the report was made from.")

connection = duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})
path = DATASET.replace("'", "''")
connection.execute("SET TimeZone = 'UTC'")
connection.execute(f"CREATE VIEW data AS FROM read_parquet('{path}')")
connection.execute(f"SET allowed_paths = ['{path}']")
connection.execute("SET enable_external_access = false")
connection.execute("SET lock_configuration = true")


def run(sql):
    \"\"\"The names of the columns, and the rows as JSON.\"\"\"
    columns = [row[0] for row in connection.execute(f"DESCRIBE {sql}").fetchall()]
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    wanted = f"SELECT to_json(COLUMNS(*)) FROM (\\n{sql}\\n) AS result({names})"
    rows = connection.execute(wanted).fetchall()
    return columns, [[None if cell is None else read(cell) for cell in row] for row in rows]


def read(cell):
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def same(now, then):
    if isinstance(now, bool) or isinstance(then, bool) or now is None or then is None:
        return now is then
    if isinstance(now, list) and isinstance(then, list):
        return len(now) == len(then) and all(map(same, now, then))
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(same(now[key], then[key]) for key in now)
    if isinstance(now, str) and isinstance(then, str) and now.replace(" ", "T") == then.replace(" ", "T"):
        return True
    try:
        now, then = float(now), float(then)
    except (TypeError, ValueError):
        return False
    return math.isclose(now, then, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(now) and math.isnan(then))


def check(sql, *, columns, rows, row_count):
    \"\"\"The report's rows come again; rows that the query does not order may come in another order.\"\"\"
    names, found = run(sql)
    assert names == columns, f"the columns are {names}"
    whole = row_count == len(rows)
    assert len(found) == row_count if whole else len(found) >= row_count, f"there are {len(found)} rows"
    wrong = [place for place, row in enumerate(rows) if not same(found[place], row)]
    if wrong and whole:
        found, rows = sorted(found, key=json.dumps), sorted(rows, key=json.dumps)
        wrong = [place for place, row in enumerate(rows) if not same(found[place], row)]
    assert not wrong, f"row {wrong[0] + 1} is {found[wrong[0]]}, not {rows[wrong[0]]}"
    print(f"{len(rows)} rows are the same")
"""


def render(report: Report) -> bytes:
    cells = [*_start(report)]
    for query, detail in zip(report.queries, report.result.supporting_details, strict=True):
        if query.error is not None:
            cells.append(_text("\n\n".join(markdown.heading(query))))
        else:
            cells.append(_text(f"## {markdown.flat(query.id)}: {markdown.flat(query.title)}"))
            cells += _runnable(f"QUERY_{query.number}", detail)
    cells += [_text("\n\n".join(blocks)) for part in (markdown.rest, markdown.answer) if (blocks := list(part(report)))]
    return json.dumps(_notebook(cells), ensure_ascii=True, indent=1).encode()


def _start(report: Report) -> Iterator[dict[str, Any]]:
    yield _code(f'DATASET = "dataset.parquet"\nDATASET_HASH = {report.dataset_hash!r}')
    yield _text(f"# {markdown.flat(report.question)}\n\n{markdown.facts(report)}\n\n{HOW}")
    yield _code(SETUP)


def _runnable(name: str, detail: Detail) -> Iterator[dict[str, Any]]:
    """The query as a literal, a line each, then what it has to give. Literals cannot end early, whatever they hold."""
    sql = "\n".join(f"    {line!r}" for line in detail.sql.splitlines(keepends=True)) or "    ''"
    yield _code(f"{name} = (\n{sql}\n)\nconnection.sql({name})")
    rows = "".join(f"        {_literal(row)!r},\n" for row in detail.rows)
    columns, count = detail.columns, detail.row_count
    yield _code(f"check(\n    {name},\n    columns={columns!r},\n    rows=[\n{rows}    ],\n    row_count={count},\n)")


def _literal(value: Any) -> Any:
    """A value whose representation is Python: numbers that are none are told by their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list) else value


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "execution_count": None, "outputs": []}


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    numbered = [{"id": _identity(number, cell["source"]), **cell} for number, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _identity(number: int, source: str) -> str:
    return hashlib.sha256(f"{number} {source}".encode(errors="replace")).hexdigest()[:12]
