"""An upload in, a table and its profile out, through the real process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pytest

from parley_common.contracts.datasets import Column, Profile
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings


@dataclass(frozen=True)
class Loaded:
    """What became of an upload."""

    profile: Profile
    path: Path

    def column(self, name: str) -> Column:
        return next(column for column in self.profile.columns if column.name == name)

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.profile.columns}

    def rows(self) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            return connection.execute("SELECT * FROM read_parquet(?)", [str(self.path)]).fetchall()

    def values(self, name: str) -> list[Any]:
        return [row[list(self.types).index(name)] for row in self.rows()]


Read = Callable[..., Awaitable[Loaded]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(folder: Path) -> Read:
    """Load bytes, or text as UTF-8; keyword arguments are settings."""

    async def read(upload: bytes | str, **settings: Any) -> Loaded:
        path = folder / "upload"
        path.write_bytes(upload.encode() if isinstance(upload, str) else upload)
        made = folder / "table.parquet"
        profile = await load(path, made, filename="table", settings=DatasetSettings(**settings))
        return Loaded(profile, made)

    return read


def sheet(rows: Sequence[Sequence[object]]) -> str:
    """The XML of a worksheet; strings inline, booleans and numbers as such, `None` as no cell at all."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(f"{_letters(i)}{number}", value) for i, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{''.join(lines)}</sheetData></worksheet>"
    )


def _cell(where: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value!r}</v></c>'
    if isinstance(value, Day):
        return f'<c r="{where}" s="1"><v>{value.number!r}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{where}"><f>{value.text}</f><v>{value.result!r}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True)
class Day:
    """A cell that Excel shows as a date: days since the end of 1899."""

    number: float


@dataclass(frozen=True)
class Formula:
    """A formula and the value it had when the workbook was saved."""

    text: str
    result: float


def workbook(**sheets: str) -> bytes:
    """An XLSX file of named worksheets."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, start=1))
        links = "".join(
            f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{spreadsheet}.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
            f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        links += f'<Relationship Id="rs" Type="{office}/styles" Target="styles.xml"/>'
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
        for i, content in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{i}.xml", content)
    return made.getvalue()
