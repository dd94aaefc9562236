"""How a cell of a result looks as JSON."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue

from parley_research.sql.cage import Cage
from parley_research.sql.outcome import Rows
from parley_research.sql.settings import QuerySettings

CELLS: dict[str, JsonValue] = {
    "NULL": None,
    "TRUE": True,
    "'text'": "text",
    "9007199254740992": 9007199254740992,
    "9007199254740993": "9007199254740993",
    "-9007199254740993": "-9007199254740993",
    "12345678901234567890123::HUGEINT": "12345678901234567890123",
    "7::UTINYINT": 7,
    "0.1::FLOAT": 0.1,
    "0.1::DOUBLE": 0.1,
    "1e300": 1e300,
    "'NaN'::DOUBLE": "NaN",
    "'inf'::DOUBLE": "Infinity",
    "'-inf'::DOUBLE": "-Infinity",
    "'-inf'::FLOAT": "-Infinity",
    "1.50::DECIMAL(10, 2)": 1.5,
    "NULL::DECIMAL(10, 2)": None,
    "1234567890123456.78::DECIMAL(38, 2)": "1234567890123456.78",
    "DATE '2024-02-29'": "2024-02-29",
    "'infinity'::DATE": "infinity",
    "TIME '10:20:30.5'": "10:20:30.5",
    "TIMESTAMP '2024-02-29 10:20:30.123456'": "2024-02-29T10:20:30.123456",
    "TIMESTAMP_NS '2024-02-29 10:20:30.123456789'": "2024-02-29T10:20:30.123456789",
    "TIMESTAMPTZ '2024-02-29 10:20:30+02:00'": "2024-02-29T08:20:30+00",
    "INTERVAL '1 month 2 days 03:00:00'": "1 month 2 days 03:00:00",
    "'a\\x00'::BLOB": "a\\x00",
    "'6c1b0b9a-7d3c-4c36-9a51-6d0c3a0d7f11'::UUID": "6c1b0b9a-7d3c-4c36-9a51-6d0c3a0d7f11",
    "'b'::ENUM('a', 'b')": "b",
    "[1, NULL, 3]": [1, None, 3],
    "[DATE '2024-01-01']": ["2024-01-01"],
    "[9007199254740993]": ["9007199254740993"],
    "{'a': 1, 'b': [TRUE]}": {"a": 1, "b": [True]},
    "MAP {'k': 1.5}": {"k": 1.5},
    "['NaN'::DOUBLE, 'inf'::DOUBLE]": ["NaN", "Infinity"],
    "chr(0)": "\x00",
    "'日本 😀'": "日本 😀",
}


async def test_each_type_of_cell_is_rendered_as_documented(numbers: Path) -> None:
    (found,) = await Cage(QuerySettings()).run(numbers, [f"SELECT {', '.join(CELLS)}"])
    assert isinstance(found, Rows), found
    assert dict(zip(CELLS, found.rows[0], strict=True)) == CELLS


async def test_columns_of_one_name_stay_apart(numbers: Path) -> None:
    (found,) = await Cage(QuerySettings()).run(numbers, ["SELECT 1 AS a, 2 AS a"])
    assert isinstance(found, Rows)
    assert found.rows == [[1, 2]]
    assert len(set(found.columns)) == 2
