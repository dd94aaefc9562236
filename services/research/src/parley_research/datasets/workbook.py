"""XLSX: the first sheet with anything in it, the values of its cells as they were last calculated."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from parley_research.datasets.failures import UnreadableDataset, unreadable
from parley_research.datasets.headers import find_layout, make_names, numbered
from parley_research.datasets.limits import Limits
from parley_research.datasets.staging import Staged, check_cell, check_columns, no_rows, too_many, write_cells

SAMPLE_ROWS = 200
CHUNK = 1 << 20
_REFERENCE = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def stage_workbook(file: BinaryIO, limits: Limits) -> Staged:
    """Write the cells and say what was skipped; raises `UnreadableDataset`."""
    _check_extent(file, limits)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        sheet, notes = _choose(workbook)
        return _stage(sheet, notes, limits)
    except PasswordError:
        raise unreadable("encrypted", "The workbook is protected by a password; please save it without one.") from None
    except CalamineError:
        raise _damaged() from None


def _damaged() -> UnreadableDataset:
    return unreadable("corrupt", "The workbook is damaged or cut off.")


def _check_extent(file: BinaryIO, limits: Limits) -> None:
    """A sheet is laid out in full when it is read: two cells far apart would take memory for billions."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_sheet(archive, name, limits)
    except (zipfile.BadZipFile, zipfile.zlib.error, NotImplementedError, EOFError, ValueError, OSError):  # type: ignore[attr-defined]
        raise _damaged() from None


def _check_sheet(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    columns, last, rest = {b"A"}, 1, b""
    with archive.open(name) as sheet:
        while chunk := sheet.read(CHUNK):
            found = _REFERENCE.findall(rest + chunk)
            if found:
                columns.update({column for column, _ in found})
                last = max(last, max(int(row) for _, row in found))
            rest = chunk[-200:]
    width = max(map(_column_number, columns))
    if width * last > limits.cells:
        raise unreadable("too_many_cells", f"A sheet spans {last} rows and {width} columns: too many cells.")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _choose(workbook: CalamineWorkbook) -> tuple[CalamineSheet, list[str]]:
    sheets = [i for i, meta in enumerate(workbook.sheets_metadata) if meta.typ == SheetTypeEnum.WorkSheet]
    for index in sheets:
        sheet = workbook.get_sheet_by_index(index)
        if sheet.height and sheet.width:
            return sheet, _others(sheet.name, [workbook.sheet_names[i] for i in sheets if i != index])
    raise unreadable("empty", "The workbook has no sheet with values.")


def _others(name: str, others: list[str]) -> list[str]:
    if not others:
        return []
    shown = ", ".join(f"“{other[:50]}”" for other in others[:10])
    return [f"Read the sheet “{name[:50]}”; not read: {shown}{' and others' if len(others) > 10 else ''}."]


def _stage(sheet: CalamineSheet, notes: list[str], limits: Limits) -> Staged:
    check_columns(sheet.width, limits)
    if sheet.height > limits.rows_of(sheet.width) + SAMPLE_ROWS:
        raise too_many(sheet.width, limits)
    rows = _filled_rows(sheet, limits)
    first = list(islice(rows, SAMPLE_ROWS))
    if not first:
        raise unreadable("empty", "The workbook has no sheet with values.")
    layout = find_layout(first)
    if layout.above:
        notes.append(f"Skipped {layout.above} rows above the table.")
    if not layout.header:
        notes.append("The sheet has no header: the columns are named column_1, column_2 and so on.")
    names = make_names(first[layout.above] if layout.header else numbered(len(first[0])))
    counted = _Counted(chain(first[layout.above + layout.header :], rows), limits)
    write_cells(iter(counted))
    if not counted.count:
        raise no_rows()
    return Staged("xlsx", names.names, counted.count, [*notes, *names.notes])


class _Counted:
    """Rows, counted and held to the limit as they pass."""

    def __init__(self, rows: Iterator[list[str]], limits: Limits) -> None:
        self._rows = rows
        self._limits = limits
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            self.count += 1
            if self.count > self._limits.rows_of(len(row)):
                raise too_many(len(row), self._limits)
            yield row


def _filled_rows(sheet: CalamineSheet, limits: Limits) -> Iterator[list[str]]:
    """Rows with anything in them, from the first column with anything in it."""
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_text(cell) for cell in (cells if len(cells) <= sheet.width else cells[left:])]
        if any(row):
            for cell in row:
                check_cell(cell, number, limits)
            yield row


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
