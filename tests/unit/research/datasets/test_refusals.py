"""What cannot become a table: a reason with a code, and nothing left behind."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from parley_research.datasets.failures import UnreadableDataset
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings

from .conftest import Read, sheet, workbook


def parquet(folder: Path, sql: str, options: str = "") -> bytes:
    path = folder.parent / "made.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET force_mbedtls_unsafe = 'true'")
        connection.execute("PRAGMA add_parquet_key('k', '0123456789112345')")
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet{options})")
    return path.read_bytes()


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def encrypted_zip() -> bytes:
    data = bytearray(workbook(a=sheet([["x"], [1]])))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            for _ in range(300):
                file.write(b" " * 2**20)
    return made.getvalue()


FAR_APART = (
    '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b"\xef\xbb\xbf \n\n", "empty"),
    "a header alone": (b"a,b\n", "no_rows"),
    "an empty array": (b"[]", "empty"),
    "a pdf": (b"%PDF-1.7 ...", "unsupported"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unsupported"),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "unsupported"),
    "an old workbook": (OLE, "unsupported"),
    "a protected workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "a protected archive": (encrypted_zip(), "encrypted"),
    "a page": (b"<!DOCTYPE html><html><table></table></html>", "unsupported"),
    "noise": (bytes(range(256)) * 20, "unsupported"),
    "a cut workbook": (workbook(a=sheet([["x"], [1]]))[:-30], "corrupt"),
    "an empty workbook": (workbook(a=sheet([])), "empty"),
    "an archive bomb": (bomb(), "too_large"),
    "cells far apart": (workbook(a=FAR_APART), "too_many_cells"),
    "cut json": (b'[{"a": 1}, {"a": ', "corrupt"),
    "cut ndjson": (b'{"a": 1}\n{"a": "x', "corrupt"),
    "deep json": (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "too_deep"),
    "a long number": (b'[{"a": ' + b"1" * 10_000 + b"}]", "corrupt"),
    "a cut parquet": (b"PAR1" + b"\0" * 100, "corrupt"),
    "a broken parquet": (b"PAR1" + b"\7" * 100 + b"\x10\0\0\0PAR1", "corrupt"),
    "an encrypted parquet": (b"PAR1" + b"\0" * 100 + b"PARE", "encrypted"),
    "a long value": (b"a,b\n1," + b"x" * 200_000 + b"\n", "cell_too_long"),
    "a line of 20 MB": (b"a,b\n" + b"1," * 10_000_000, "cell_too_long"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_upload_is_refused_with_a_reason_and_leaves_nothing(read: Read, folder: Path, what: str) -> None:
    upload, reason = REFUSED[what]
    with pytest.raises(UnreadableDataset) as error:
        await read(upload)
    assert (error.value.code, error.value.status) == (f"dataset_{reason}", 422)
    assert error.value.detail.endswith(".")
    assert left(folder) == ["upload"]
    assert readers() == []


LIMITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "rows": ("a,b\n" + "1,2\n" * 11, {"dataset_rows": 10}, "too_many_rows"),
    "columns": (",".join("abcdef") + "\n1,2,3,4,5,6\n", {"dataset_columns": 5}, "too_many_columns"),
    "cells": ("a,b\n" + "1,2\n" * 11, {"dataset_cells": 20}, "too_many_cells"),
    "cell": ("a,b\nxxxxxx,1\n", {"dataset_cell": 5}, "cell_too_long"),
    "bytes": ("a,b\n1,2\n", {"dataset_bytes": 7}, "too_large"),
    "json rows": (json.dumps([{"a": 1}] * 11), {"dataset_rows": 10}, "too_many_rows"),
    "json columns": (json.dumps([{str(i): i} for i in range(6)]), {"dataset_columns": 5}, "too_many_columns"),
    "unpacked": ("a,b\n" + "11111111,22222222\n" * 100_000, {"dataset_unpacked": 2**20}, "too_large"),
    "memory": ('{"a": [' + "1.5, " * 8_000_000 + "1]}", {"dataset_memory": 2**28}, "out_of_memory"),
    "wall": ("a,b\n" + "1,2\n" * 1_000_000, {"dataset_wall": 0.01}, "timeout"),
    "cpu": (json.dumps([{"a": "x" * 50}] * 800_000), {"dataset_cpu": 1}, "timeout"),
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_limit_holds(read: Read, folder: Path, limit: str) -> None:
    upload, settings, reason = LIMITS[limit]
    with pytest.raises(UnreadableDataset) as error:
        await read(upload, **settings)
    assert error.value.code == f"dataset_{reason}"
    assert left(folder) == ["upload"]


async def test_limits_that_are_just_met_are_no_hindrance(read: Read) -> None:
    loaded = await read(
        "a,b\n" + "1,xxxxx\n" * 10, dataset_rows=10, dataset_columns=2, dataset_cells=20, dataset_cell=5
    )
    assert loaded.profile.rows == 10


async def test_parquet_limits_hold_before_a_value_is_unpacked(read: Read, folder: Path) -> None:
    upload = parquet(folder, "SELECT range AS a FROM range(1000)")
    with pytest.raises(UnreadableDataset) as error:
        await read(upload, dataset_rows=999)
    assert error.value.code == "dataset_too_many_rows"


async def test_parquet_encrypted_by_duckdb_is_refused(read: Read, folder: Path) -> None:
    upload = parquet(folder, "SELECT 1 AS a", ", ENCRYPTION_CONFIG {footer_key: 'k'}")
    with pytest.raises(UnreadableDataset) as error:
        await read(upload)
    assert error.value.code == "dataset_encrypted"


async def test_cancelled_load_leaves_no_process_and_no_file(folder: Path) -> None:
    upload = folder / "upload"
    upload.write_text("a,b\n" + "1,2\n" * 2_000_000)
    loading = asyncio.create_task(load(upload, folder / "table.parquet", filename="t", settings=DatasetSettings()))
    while not readers():  # noqa: ASYNC110
        await asyncio.sleep(0)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert readers() == []
    assert left(folder) == ["upload"]


def readers() -> list[psutil.Process]:
    """The processes that read uploads; servers of other tests may be children of this process, too."""
    return [each for each in psutil.Process().children() if _reads(each)]


def _reads(process: psutil.Process) -> bool:
    try:
        return "parley_research.datasets.child" in process.cmdline()
    except psutil.NoSuchProcess:
        return False
