"""Names of files, and what is the same in all formats."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gateway.export.conftest import Export

from parley_common.contracts.research import Researched
from parley_gateway.export import Exported, Format
from parley_gateway.export.exported import filename

TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.NOTEBOOK: "application/x-ipynb+json",
    Format.JSON: "application/json",
}


@pytest.mark.parametrize("format", Format)
def test_file_is_named_by_dataset_and_day_and_says_what_it_is(
    format: Format, exported: Export, result: Researched
) -> None:
    file = exported(format, result)
    assert file.filename == f"sales research 2026-03-01.{format}"
    assert file.media_type == TYPES[format]


def test_large_libraries_wait_until_a_file_is_asked_for() -> None:
    code = "import sys, parley_gateway.export; print({'reportlab', 'xlsxwriter', 'jinja2', 'PIL'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize("format", Format)
def test_same_result_gives_the_same_bytes_in_many_threads_at_once(
    format: Format, exported: Export, result: Researched
) -> None:
    with ThreadPoolExecutor(4) as pool:
        bodies = {file.body for file in pool.map(lambda _: exported(format, result), range(8))}
    assert len(bodies) == 1


def test_name_beyond_ascii_is_told_to_old_and_new_clients() -> None:
    header = Exported(b"", "text/html", filename("Größe 東京.csv", "2026-03-01", "html")).content_disposition
    assert header == (
        'attachment; filename="Groe  research 2026-03-01.html"; '
        "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E6%9D%B1%E4%BA%AC%20research%202026-03-01.html"
    )


@given(st.text())
def test_no_dataset_name_leaves_its_folder_or_its_header(name: str) -> None:
    found = filename(name, "2026-03-01", "pdf")
    assert PurePosixPath(found).name == PureWindowsPath(found).name == found
    assert found.endswith("research 2026-03-01.pdf")
    assert not found.startswith((".", " "))
    header = Exported(b"", "application/pdf", found).content_disposition
    assert header.isascii()
    assert header.isprintable()
    parsed = Message()
    parsed["Content-Disposition"] = header
    assert parsed.get_content_disposition() == "attachment"
    assert header.count('"') == 2
