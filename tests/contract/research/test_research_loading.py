"""Loading as a job: a table and its profile, or a failure with its code and words, and nothing left behind."""

from __future__ import annotations

import asyncio
import gzip
import os
from typing import Any
from uuid import uuid4

import psutil
import pytest

from parley_common.contracts.datasets import TABLE
from parley_common.storage.blobs import key_of
from parley_common.titles import TITLES

BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "a header alone": (b"a,b\n", "no_rows"),
    "a pdf": (b"%PDF-1.7 ...", "unsupported"),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "unsupported"),
    "noise": (bytes(range(256)) * 20, "unsupported"),
    "cut json": (b'[{"a": 1}, {"a": ', "corrupt"),
    "deep json": (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "too_deep"),
    "a cut parquet": (b"PAR1" + b"\0" * 100, "corrupt"),
    "an encrypted parquet": (b"PAR1" + b"\0" * 100 + b"PARE", "encrypted"),
    "a cut workbook": (b"PK\x03\x04" + b"\0" * 100, "corrupt"),
    "a long value": (b"a,b\n1," + b"x" * 200_000 + b"\n", "cell_too_long"),
    "too many bytes": (b"a,b\n" + b"1,2\n" * 600_000, "too_large"),
    "too many columns": (b",".join(b"c%d" % n for n in range(30)) + b"\n" + b",".join([b"1"] * 30), "too_many_columns"),
    "too many rows": (b"a\n" + b"1\n" * 5_001, "too_many_rows"),
}


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"dataset_bytes": 2**21, "dataset_columns": 20, "dataset_rows": 5_000}


def left(site: Any) -> list[str]:
    return [path.name for path in site.settings.data.glob(".loading-*")]


async def test_a_file_becomes_a_table_with_a_profile(site: Any, penguins_file: bytes) -> None:
    dataset = await site.loaded(penguins_file, "penguins.csv")
    assert (dataset.profile.format, dataset.profile.rows, dataset.profile.size) == ("csv", 344, len(penguins_file))
    assert [column.name for column in dataset.profile.columns][:2] == ["species", "island"]
    assert await site.blobs.size(key_of(TABLE, dataset.id)) > 0
    assert left(site) == []


async def test_nothing_that_stands_in_a_table_is_in_an_event_of_its_job(site: Any, penguins_file: bytes) -> None:
    dataset = await site.loaded(penguins_file)
    assert "Gentoo" in str(dataset.profile)
    assert "job.completed" in str(site.frames)
    assert "Gentoo" not in str(site.frames)


async def test_what_a_killed_worker_left_is_removed_when_nobody_can_need_it(site: Any) -> None:
    folder, file, young = (site.settings.data / f".loading-{name}" for name in ("a", "b.parquet", "c"))
    for each in (folder, young):
        each.mkdir()
        (each / "cells.csv").write_text("1,2\n")
    file.write_text("PAR1")
    for each in (folder, file):
        os.utime(each, (0, 0))
    await site.loaded("a,b\n1,2\n")
    assert left(site) == [young.name]


@pytest.mark.parametrize("what", BAD)
async def test_a_file_that_is_no_table_fails_its_job_and_says_why(site: Any, what: str) -> None:
    content, reason = BAD[what]
    dataset = uuid4()
    problem = await site.problem(await site.load(await site.upload(content), dataset=dataset))
    assert (problem["code"], problem["title"]) == (f"dataset_{reason}", TITLES[f"dataset_{reason}"])
    assert problem["detail"].endswith(".")
    assert str(site.settings.data) not in problem["detail"]
    assert left(site) == []
    assert readers() == []


async def test_an_upload_that_is_gone_fails_its_job(site: Any) -> None:
    upload = await site.upload(b"a\n1\n")
    await site.blobs.delete(upload)
    assert (await site.problem(await site.load(upload)))["code"] == "not_found"


async def test_loading_twice_makes_the_same_table(site: Any, penguins_file: bytes) -> None:
    upload, dataset = await site.upload(penguins_file), uuid4()
    first, again = [await site.end(await site.load(upload, dataset=dataset)) for _ in range(2)]
    assert first["data"]["result"] == again["data"]["result"]


class TestLargeFile:
    @pytest.fixture
    def limits(self) -> dict[str, Any]:
        return {"stop_grace": 0.0}

    async def test_a_worker_that_stops_while_loading_leaves_no_process_and_another_one_ends_it(self, site: Any) -> None:
        job = await site.load(await site.upload(b"a,b\n" + b"1,2\n" * 2_000_000))
        while not readers():  # noqa: ASYNC110
            await asyncio.sleep(0)
        await site.stop()
        assert readers() == []
        assert left(site) == []
        await site.another_worker()
        assert (await site.end(job))["data"]["result"]["profile"]["rows"] == 2_000_000

    async def test_a_cancelled_load_leaves_no_process(self, site: Any) -> None:
        job = await site.load(await site.upload(b"a,b\n" + b"1,2\n" * 2_000_000))
        while not readers():  # noqa: ASYNC110
            await asyncio.sleep(0)
        await site.cancel(job, kind="load_dataset")
        assert (await site.end(job))["type"] == "job.cancelled"
        assert readers() == []
        assert left(site) == []


def readers() -> list[psutil.Process]:
    """The processes that read uploads; servers of other tests may be children of this process, too."""
    return [each for each in psutil.Process().children() if _reads(each)]


def _reads(process: psutil.Process) -> bool:
    try:
        return "parley_research.datasets.child" in process.cmdline()
    except psutil.NoSuchProcess:
        return False
