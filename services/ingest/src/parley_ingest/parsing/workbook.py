"""XLSX: each sheet a section, each row a line; cells as they were last calculated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from parley_ingest.parsing.archives import has, opened
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, protected
from parley_ingest.parsing.rows import write_rows


def read(file: BinaryIO, draft: Draft) -> None:
    with opened(file, draft.limits) as archive:
        has(archive, "xl/workbook.xml", what="an XLSX workbook")
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for index, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                draft.under(about.name, 1)
                write_rows(_cells(workbook.get_sheet_by_index(index)), draft)
    except PasswordError:
        raise protected("workbook") from None
    except CalamineError:
        raise damaged("workbook") from None


def _cells(sheet: Any) -> Iterator[list[str]]:
    if sheet.height and sheet.width:
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, str | int | timedelta) else ""
