"""A worker dies while it reads a file or runs queries: the job goes on elsewhere, and of the dead nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest
import pytest_asyncio
from palmerpenguins import load_penguins
from support.clients import FINAL, Parley, eventually
from support.system import QUICK

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving
from parley_standalone.stack import ServiceProcess, Stack

READER, CAGE = "parley_research.datasets.child", "parley_research.sql.child"
ROWS = 200_000
PENGUINS = 250
# All combinations of three penguins, counted one by one: long enough to be killed in.
COMBINATIONS = "SELECT count(*) AS n FROM data a, data b, data c WHERE a.year + b.year > c.year"
QUESTION = "How many combinations of three penguins are there?"
STAGES: dict[str, Any] = {
    "Decomposed": {"parts": [QUESTION, "How many penguins are there?"]},
    "Classified": {"parts": [{"id": "s1", "kind": "aggregate"}, {"id": "s2", "kind": "aggregate"}]},
    "WrittenQueries": {
        "queries": [{"part": "s1", "sql": COMBINATIONS}, {"part": "s2", "sql": "SELECT count(*) AS n FROM data"}]
    },
    "FurtherQueries": {"queries": []},
    "Synthesized": {
        "answered": True,
        "answer": [
            {
                "text": "There are 15,625,000 combinations.",
                "numbers": [{"written": "15,625,000", "query": "q1", "row": 0, "column": "n"}],
            }
        ],
        "findings": [],
    },
    "Suggested": {"questions": ["And of four?"]},
}


@dataclass(frozen=True)
class Site:
    """Two research workers behind one gateway, and the model they ask."""

    stack: Stack
    model: str

    @property
    def blobs(self) -> list[str]:
        folder = self.stack.folder / "blobs"
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    async def with_child(self, program: str, *, at_least: int = 1) -> ServiceProcess:
        """The worker that has started so many processes of a program."""
        found: list[ServiceProcess] = []

        async def has_started() -> bool:
            found.extend(each for each in self.stack.workers if len(children(each, program)) >= at_least)
            return bool(found)

        await eventually(has_started)
        return found[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    with serving() as model:
        env = QUICK | {
            "OPENAI_BASE_URL": f"{model}/v1",
            "PARLEY_QUERY_SECONDS": "120",
            "PARLEY_QUERY_CPU_SECONDS": "120",
        }
        async with Stack(gateways=1, workers={"research": 2}, env=env) as stack:
            yield Site(stack, model)


@pytest.fixture
async def parley(site: Site) -> AsyncIterator[Parley]:
    """A client, once both workers run again."""
    await asyncio.gather(*(worker.start() for worker in site.stack.workers))
    async with Parley(site.stack.url) as client:
        yield client


async def test_a_file_is_loaded_once_though_its_reader_dies_with_the_worker(
    site: Site, parley: Parley, tmp_path: Path
) -> None:
    before = site.blobs
    accepted = await upload(parley, "a,b\n" + "1,2\n" * ROWS)
    await assert_nothing_is_left_of(await killed(await site.with_child(READER)))
    done = await parley.until(accepted["job_id"], "completed", "failed")
    assert (done["status"], done["attempts"], done["result"]["profile"]["rows"]) == ("completed", 2, ROWS)
    await assert_ended_once(parley, accepted["job_id"])
    kinds = sorted(path.partition("/")[0] for path in site.blobs if path not in before)
    assert kinds == ["profile", "table", "upload"]
    table = tmp_path / "table.parquet"
    table.write_bytes((await parley.http.get(f"/datasets/{accepted['dataset_id']}/parquet")).content)
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*), sum(a), sum(b) FROM '{table}'").fetchall() == [  # noqa: S608
            (ROWS, ROWS, 2 * ROWS)
        ]


async def test_a_question_is_answered_once_though_its_queries_die_with_the_worker(site: Site, parley: Parley) -> None:
    accepted = await upload(parley, load_penguins().head(PENGUINS).to_csv(index=False))
    await parley.until(accepted["job_id"], "completed")
    before = site.blobs
    async with ScriptedModel(site.model) as model:
        await model.script(
            *({"name": name, "schema_name": name, "value": value, "times": None} for name, value in STAGES.items())
        )
        body = {"dataset_id": accepted["dataset_id"], "question": QUESTION}
        job = (await parley.http.post("/deep-research/jobs/submit", json=body)).json()["job_id"]
        # The process of the batch, and a fork for a query.
        await assert_nothing_is_left_of(await killed(await site.with_child(CAGE, at_least=2)))
        done = await parley.until(job, "completed", "failed")
        assert {name: calls["started"] for name, calls in (await model.meter()).rules.items()} == dict.fromkeys(
            STAGES, 1
        )
    assert (done["status"], done["attempts"]) == ("completed", 2)
    assert done["result"]["direct_answer"] == "There are 15,625,000 combinations."
    assert [each["rows"] for each in done["result"]["supporting_details"]] == [[[PENGUINS**3]], [[PENGUINS]]]
    await assert_ended_once(parley, job)
    assert [path.partition("/")[0] for path in site.blobs if path not in before] == ["answer"]


async def upload(parley: Parley, content: str) -> dict[str, str]:
    answer = await parley.http.post("/datasets", files={"file": ("table.csv", content.encode())})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def killed(worker: ServiceProcess) -> list[psutil.Process]:
    """The processes a worker had started, once it alone was killed, as the kernel does that has no memory left."""
    process = psutil.Process(worker.process.pid)
    started = process.children(recursive=True)
    process.kill()
    await worker.process.wait()
    return started


async def assert_nothing_is_left_of(processes: list[psutil.Process]) -> None:
    assert processes

    async def are_gone() -> bool:
        return not any(alive(process) for process in processes)

    await eventually(are_gone)


async def assert_ended_once(parley: Parley, job: str) -> None:
    assert sum(frame["type"] in FINAL for frame in await parley.log(job)) == 1


def children(worker: ServiceProcess, program: str) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        started = psutil.Process(worker.process.pid).children(recursive=True)
        return [each for each in started if _runs(each, program)]
    return []


def _runs(process: psutil.Process, program: str) -> bool:
    try:
        return any(program in part for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
