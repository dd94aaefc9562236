"""A workbook: the answer on the first sheet, then one for each query with cells of their types and the chart beside.

No text becomes a formula or a link, whatever it begins with: all is written by the methods for strings and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from typing import Any

from pydantic import JsonValue
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from parley_gateway.export.charts import Chart
from parley_gateway.export.report import Query, Report, marked
from parley_gateway.export.text import one_line, shown

# What a cell of a sheet can hold, the largest integer without loss and the largest number.
LONGEST, EXACT, LARGEST = 32_000, 2**53, 9e307
_DAY = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
_MOMENT = re.compile(r"(19|20|21)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,20}")
_HEAD, _CHARTS = 6, "Chart data"
_KINDS = {"bar": "bar", "line": "line", "histogram": "column", "scatter": "scatter"}
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def render(report: Report) -> bytes:
    body = BytesIO()
    workbook = Workbook(body, {"in_memory": True, **_SAFE})
    workbook.set_properties({"author": "Parley", "created": report.completed_at.astimezone(UTC).replace(tzinfo=None)})
    _Book(workbook, report).write()
    workbook.close()
    return body.getvalue()


class _Book:
    def __init__(self, workbook: Workbook, report: Report) -> None:
        self._book = workbook
        self._report = report
        self._bold = workbook.add_format({"bold": True})
        self._head = workbook.add_format({"bold": True, "bg_color": "#F0F0F0", "text_wrap": True, "valign": "top"})
        self._wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._names = sheet_names(report.queries)
        self._chart_rows = count(0)

    def write(self) -> None:
        self._answer(self._book.add_worksheet("Answer"))
        sheets = [(query, self._book.add_worksheet(self._names[query.number])) for query in self._report.queries]
        charted = [(query.chart, sheet) for query, sheet in sheets if query.chart]
        data = self._book.add_worksheet(_CHARTS) if charted else None
        for query, sheet in sheets:
            self._query(query, sheet)
            if query.chart and data:
                self._chart(query.chart, sheet, data, max(len(query.columns), 1) + 1)

    def _answer(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 110)
        report = self._report
        rows: list[tuple[str, str]] = [("Question", report.question), *report.facts]
        if not report.answered:
            rows.append(("Answered", "not in full"))
        rows.append(("Answer", marked(report.answer)))
        rows += _named("Finding", map(marked, report.findings))
        rows += [(f"[{source.number}]", f"{source.label} = {source.value}") for source in report.sources]
        rows += _named("Follow-up question", report.follow_ups)
        rows += _named("Analysis", filter(None, [report.analysis]))
        rows += _named("Note", report.notes)
        for row, (name, text) in enumerate(rows):
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_string(row, 1, text[:LONGEST], self._wrap)

    def _query(self, query: Query, sheet: Worksheet) -> None:
        """Question, SQL, remarks and hash above; then the table under a header that stays in sight."""
        failure = f"This query failed: {query.error}" if query.error is not None else ""
        part = "The chart shows only a part of its data." if query.chart and query.chart.left_out else ""
        remarks = " ".join(filter(None, (failure, query.left_out, part)))
        facts = (
            ("Query", query.id),
            ("Question", query.title),
            ("SQL", query.sql),
            ("Remark", remarks),
            ("SHA-256", query.hash),
        )
        for row, (name, text) in enumerate(facts):
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_string(row, 1, text[:LONGEST])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, max(len(query.columns), 1), 18)
        for column, name in enumerate(("#", *query.columns) if query.columns else ()):
            sheet.write_string(_HEAD, column, name, self._head)
        for row, values in enumerate(query.rows, start=1):
            sheet.write_number(_HEAD + row, 0, row)
            for column, value in enumerate(values, start=1):
                self._cell(sheet, _HEAD + row, column, value)
        sheet.freeze_panes(_HEAD + 1, 1)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: JsonValue) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif (
            isinstance(value, int | float)
            and abs(value) <= LARGEST
            and (isinstance(value, float) or abs(value) <= EXACT)
        ):
            sheet.write_number(row, column, value)
        elif isinstance(value, str) and (moment := _moment(value)):
            sheet.write_datetime(row, column, moment, self._moment if isinstance(moment, datetime) else self._day)
        elif value is not None:
            sheet.write_string(row, column, shown(value, LONGEST))

    def _chart(self, chart: Chart, sheet: Worksheet, data: Worksheet, column: int) -> None:
        """A chart of the workbook's own, over numbers that stand on a sheet for charts alone."""
        native = self._book.add_chart({"type": _KINDS[chart.kind]})
        if native is None:
            return
        for series in chart.series[:255]:
            pairs: Iterable[tuple[Any, float | None]] = series.points or zip(chart.labels, series.values, strict=True)
            first, last = self._pairs(data, series.name or chart.y, pairs)
            native.add_series(
                {
                    "name": [_CHARTS, first, 0],
                    "categories": [_CHARTS, first + 1, 0, last, 0],
                    "values": [_CHARTS, first + 1, 1, last, 1],
                    "gap": 10 if chart.kind == "histogram" else 50,
                }
            )
        native.set_title({"name": _plain(chart.title or f"{chart.y} by {chart.x}"), "name_font": {"size": 11}})
        native.set_x_axis({"name": _plain(chart.x), "reverse": chart.kind == "bar"})
        native.set_y_axis({"name": _plain(chart.y)})
        native.set_legend({"none": len(chart.series) < 2})
        sheet.insert_chart(_HEAD, column, native)

    def _pairs(self, data: Worksheet, name: str, pairs: Iterable[tuple[Any, float | None]]) -> tuple[int, int]:
        first = last = next(self._chart_rows)
        data.write_string(first, 0, name, self._bold)
        for label, value in pairs:
            last = next(self._chart_rows)
            if isinstance(label, str):
                data.write_string(last, 0, label)
            else:
                data.write_number(last, 0, label)
            if value is not None:
                data.write_number(last, 1, value)
        return first, last


def sheet_names(queries: Iterable[Query]) -> Mapping[int, str]:
    """A sheet's name is the query's id where Excel takes it and nobody has it, else `Query` and the number."""
    taken, names = {"answer", "history", _CHARTS.lower()}, {}
    for query in queries:
        own = query.id if _NAME.fullmatch(query.id) and query.id.lower() not in taken else f"Query {query.number}"
        taken.add(own.lower())
        names[query.number] = own
    return names


def _moment(text: str) -> date | datetime | None:
    """A date or time without a zone as the sheet's own type; other text stays text."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def _named(name: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    return [(f"{name} {number}", text) for number, text in enumerate(texts, start=1)]


def _plain(text: str) -> str:
    # A title that begins with = would be read as a reference to a cell.
    return one_line(text, 100).lstrip("=+-@ ")
