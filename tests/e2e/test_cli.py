"""The `parley` command against a running system."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from parley_standalone.client import Client
from parley_standalone.demo import private_system
from parley_standalone.samples import bookshop

LAZY = "write about our new hiking boots, 129 EUR"


class Parley:
    """Runs the command and keeps what it said."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __call__(self, *arguments: str) -> tuple[int, str, str]:
        process = await self.start(*arguments)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        environment = os.environ | {"PARLEY_URL": self.url}
        command = (sys.executable, "-m", "parley_standalone.cli", *arguments)
        return await asyncio.create_subprocess_exec(*command, stdin=nothing, stdout=pipe, stderr=pipe, env=environment)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parley(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    without_keys = {"PATH": os.environ["PATH"]}
    async with private_system(tmp_path_factory.mktemp("parley"), environment=without_keys) as url:
        yield Parley(url)


async def waiting_job(url: str) -> UUID:
    """A job that has asked its question."""
    async with Client(url) as client:
        job = await client.enhance(LAZY)
        for _ in range(1500):
            if (await client.job(job))["status"] == "waiting":
                return job
            await asyncio.sleep(0.02)
    raise TimeoutError("the job has not asked anything")


async def test_prompt_is_enhanced_with_the_given_answer(parley: Parley) -> None:
    code, out, err = await parley("enhance", "--json", "--answer", "friendly", LAZY)
    job: dict[str, Any] = json.loads(out)
    assert code == 0
    assert job["status"] == "completed"
    assert "129 EUR" in job["result"]["result"]
    assert job["result"]["question"]["answer"] == "friendly"
    assert "question:" in err


async def test_declined_question_does_not_stop_the_job(parley: Parley) -> None:
    code, out, err = await parley("enhance", "--no-input", LAZY)
    assert code == 0
    assert "129 EUR" in out
    assert "declined" in err


async def test_waiting_job_is_listed_shown_answered_and_watched(parley: Parley) -> None:
    job = str(await waiting_job(parley.url))
    assert job in (await parley("jobs", "ls", "--status", "waiting"))[1]
    assert "question" in (await parley("jobs", "show", job))[1]
    assert (await parley("jobs", "answer", job, "friendly"))[:2] == (0, "answered\n")
    code, out, _ = await parley("jobs", "watch", "--json", job)
    events = [json.loads(each) for each in out.splitlines()]
    journaled = [each["seq"] for each in events if each["seq"] is not None]
    assert code == 0
    assert journaled == list(range(1, len(journaled) + 1))
    assert events[-1]["type"] == "job.completed"
    code, _, err = await parley("jobs", "cancel", job)
    assert code == 1
    assert "cannot be cancelled" in err


async def test_waiting_job_is_cancelled_and_takes_no_answer(parley: Parley) -> None:
    job = str(await waiting_job(parley.url))
    assert (await parley("jobs", "cancel", job))[:2] == (0, "cancelled\n")
    assert (await parley("jobs", "answer", job, "friendly"))[0] == 1
    assert (await parley("jobs", "watch", job))[0] == 130
    assert (await parley("jobs", "cancel", job))[:2] == (0, "cancelled\n")


async def test_there_are_no_dead_letters_at_first(parley: Parley) -> None:
    assert await parley("dead", "ls") == (0, "", "")


async def test_question_about_a_file_is_answered_with_its_cells_and_exported(parley: Parley, tmp_path: Path) -> None:
    question, report = "What is the total revenue by region?", tmp_path / "report.md"
    code, out, err = await parley("research", question, "--dataset", str(bookshop.FILE), "--export", str(report))
    revenue = sum(row[4] for row in bookshop.rows() if row[1] == "North")
    assert code == 0
    assert f"{revenue:,.2f}" in out.splitlines()[0]
    assert "[q1 · rows 1, 2, 3 · sum of revenue_eur]" in out
    assert "North █" in out
    stages = [err.index(f"Stage {number}/7") for number in range(1, 7)]
    assert stages == sorted(stages)
    assert err.index("q1: What is the total revenue by region? → 3 rows") > stages[2]
    assert f"{revenue:,.2f}" in report.read_text()


async def test_loaded_dataset_is_listed_asked_again_and_removed(parley: Parley) -> None:
    await parley("research", "What is the average of units_sold?", "--dataset", str(bookshop.FILE))
    dataset: dict[str, Any] = json.loads((await parley("datasets", "ls", "--json"))[1].splitlines()[0])
    assert (dataset["name"], dataset["rows"]) == (bookshop.FILE.name, len(list(bookshop.rows())))
    identity = dataset["dataset_id"]
    question = ("research", "What is the average of revenue_eur?", "--dataset", identity, "--review-plan", "--json")
    code, out, err = await parley(*question)
    job: dict[str, Any] = json.loads(out)
    assert (code, job["status"], job["result"]["answered"]) == (0, "completed", True)
    assert "accepted: What is the average of revenue_eur?" in err
    assert (await parley("datasets", "rm", identity))[:2] == (0, "removed\n")
    code, out, err = await parley(*question)
    assert (code, out) == (1, "")
    assert err.startswith("Not found")


async def test_file_that_is_no_table_is_explained(parley: Parley, tmp_path: Path) -> None:
    broken = tmp_path / "sales.xlsx"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    code, out, err = await parley("research", "What is the total revenue?", "--dataset", str(broken))
    assert (code, out) == (1, "")
    assert "The workbook is damaged" in err


async def test_what_the_table_does_not_hold_is_said_and_exits_1(parley: Parley) -> None:
    code, out, _ = await parley("research", "What is the price of beer?", "--dataset", str(bookshop.FILE))
    assert code == 1
    assert out.startswith("The data cannot tell")
