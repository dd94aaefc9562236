"""The workbook, read back by another library."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.unit.gateway.export.conftest import Export, regions

from parley_common.contracts.research import Detail, Researched, Statement
from parley_gateway.export import Format, Limits

HEAD = 7


def read(body: bytes) -> Workbook:
    return load_workbook(BytesIO(body))


def sheet(book: Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def values(found: Worksheet) -> list[tuple[object, ...]]:
    return list(found.iter_rows(values_only=True))


def test_first_sheet_answers_and_says_where_numbers_come_from(exported: Export, result: Researched) -> None:
    said = {str(row[0]): row[1] for row in values(sheet(read(exported(Format.XLSX, result).body), "Answer"))}
    assert said["Question"] == "Which region sells most?"
    assert said["Answer"] == "North sold 1,204.5 [1] in total, South lost 3 [2]."
    assert said["[1]"] == "q1: row 1, total = 1204.5"
    assert said["Note 1"] == "Two rows had no region."
    assert said["SHA-256 of the dataset"] == "ab" * 32


def test_each_query_has_a_sheet_of_typed_cells_under_a_header_that_stays(exported: Export, result: Researched) -> None:
    book = read(exported(Format.XLSX, result).body)
    assert book.sheetnames == ["Answer", "q1", "q2", "q3", "q4", "q5", "Chart data"]
    first = sheet(book, "q1")
    assert first["B3"].value == regions().sql
    assert values(first)[HEAD - 1] == ("#", "region", "total", "last", "open")
    assert values(first)[HEAD] == (1, "North", 1204.5, datetime(2026, 1, 31), True)  # noqa: DTZ001 - sheets know no zones
    assert values(first)[HEAD + 2][1:] == (None,) * 4
    assert first.freeze_panes == f"B{HEAD + 1}"
    assert sheet(book, "q5")["B4"].value == "This query failed: no column profit"


def test_charts_are_the_workbooks_own_over_the_numbers_of_the_result(exported: Export, result: Researched) -> None:
    book = read(exported(Format.XLSX, result).body)
    charts = [len(vars(sheet(book, name))["_charts"]) for name in ("q1", "q2", "q3", "q4", "q5")]
    assert charts == [1, 1, 1, 1, 0]
    assert values(sheet(book, "Chart data"))[:4] == [("total", None), ("North", 1204.5), ("South", -3), ("", None)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "{=", "http://", "mailto:", "internal:", "file://"])
def test_text_never_becomes_a_formula_or_a_link(start: str, exported: Export, result: Researched) -> None:
    hostile = f"{start}cmd|' /C calc'!A0"
    detail = regions().model_copy(
        update={"question": hostile, "sql": hostile, "columns": [hostile], "rows": [[hostile]], "chart": None}
    )
    asked = {
        "answer": Statement(text=hostile),
        "main_question": hostile,
        "supporting_details": [detail],
        "notes": [hostile],
    }
    book = read(exported(Format.XLSX, result.model_copy(update=asked)).body)
    cells = [cell for found in book.worksheets for row in found.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert sheet(book, "q1")["B3"].value == hostile


def test_odd_values_keep_their_meaning(exported: Export, result: Researched) -> None:
    row = [2**60, float("nan"), float("inf"), 1.5e300, "1800-01-01", "2026-02-30", "007", {"a": [1]}, "_x000A_"]
    detail = Detail(
        query_id="q1", question="?", kind="aggregate", sql="", columns=["c"] * len(row), rows=[row], row_count=1
    )
    book = read(exported(Format.XLSX, result.model_copy(update={"supporting_details": [detail]})).body)
    expected = (str(2**60), "nan", "inf", 1.5e300, "1800-01-01", "2026-02-30", "007", '{"a": [1]}', "_x000A_")
    assert values(sheet(book, "q1"))[HEAD][1:] == expected


def test_sheets_have_names_that_excel_takes(exported: Export, result: Researched) -> None:
    ids = ["q1", "Q1", "answer", "History", "a/b[c]:*?", "", "x" * 40]
    details = [regions().model_copy(update={"query_id": query, "chart": None}) for query in ids]
    book = read(exported(Format.XLSX, result.model_copy(update={"supporting_details": details})).body)
    assert book.sheetnames == ["Answer", "q1", *(f"Query {number}" for number in range(2, 8))]


def test_rows_left_out_are_counted(exported: Export, result: Researched) -> None:
    book = read(exported(Format.XLSX, result, limits=Limits(rows=2)).body)
    assert sheet(book, "q1")["B4"].value == "Shown are 2 of 3 rows."
    assert sheet(book, "q1").max_row == HEAD + 2
