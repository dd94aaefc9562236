"""How quick research is without a model: one job, queries side by side, a crowd of jobs, and memory over many."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import psutil

from bench.research.service import Service, running
from bench.research.tables import LOADERS
from parley_common.contracts.jobs import Priority
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings

QUESTIONS = (
    "What is the average departure delay by carrier?",
    "Which origin has the highest mean arrival delay?",
    "How many flights were there in July?",
    "What is the correlation between distance and air time?",
    "How did the average departure delay change over time?",
)
_COLUMNS = ("dep_delay", "arr_delay", "air_time", "distance", "dep_time", "arr_time")
HEAVY = [
    f'SELECT "dest", "carrier", {", ".join(f"median({column} + {number}) AS c{number}" for number in range(12))}'  # noqa: S608
    " FROM data GROUP BY ALL"
    for column in _COLUMNS
]
BURNING = "sum(range(30_000_000))"
ROUNDS, CROWD, INTERACTIVE, MANY = 4, 50, 10, 200


async def main() -> None:
    """Measure everything; prints each figure with the load of the machine before it."""
    async with running() as service:
        await _say("one job on flights, 336,776 rows, end to end", _one_job(service))
        await _say(f"{CROWD} jobs at once, {INTERACTIVE} of them interactive", _crowd(service))
        await _say(f"memory of the worker over {MANY} jobs", _memory(service))
    await _say("the query stage in parallel against serial", _parallel())


async def _say(title: str, figure: Awaitable[str]) -> None:
    load_before = os.getloadavg()[0]
    sys.stdout.write(f"{title}: {await figure} (load {load_before:.1f})\n")
    sys.stdout.flush()


async def _one_job(service: Service) -> str:
    flights = await service.table("flights")
    await service.seconds(flights, "How many flights are there?")
    took = [await service.seconds(flights, question) for _ in range(ROUNDS) for question in QUESTIONS]
    return f"p50 {median(took):.2f} s, p95 {quantiles(took, n=20)[-1]:.2f} s of {len(took)}"


async def _crowd(service: Service) -> str:
    penguins = await service.table("penguins")
    question = "What is the average body mass by species?"
    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        batch = [
            tasks.create_task(service.seconds(penguins, question, Priority.BATCH)) for _ in range(CROWD - INTERACTIVE)
        ]
        quick = [tasks.create_task(service.seconds(penguins, question)) for _ in range(INTERACTIVE)]
    waited = [median(task.result() for task in each) for each in (quick, batch)]
    last = max(task.result() for task in quick)
    return (
        f"all finished in {time.perf_counter() - started:.1f} s; interactive p50 {waited[0]:.1f} s, last {last:.1f} s;"
        f" batch p50 {waited[1]:.1f} s"
    )


async def _memory(service: Service) -> str:
    penguins = await service.table("penguins")
    process, steps = psutil.Process(), 4
    sizes = []
    for _ in range(steps):
        await asyncio.gather(
            *(service.seconds(penguins, "What is the mean body mass by island?") for _ in range(MANY // steps))
        )
        sizes.append(process.memory_info().rss / 2**20)
    return " → ".join(f"{size:.0f}" for size in sizes) + f" MiB after each {MANY // steps}"


async def _parallel() -> str:
    with TemporaryDirectory() as folder:
        upload, table = Path(folder) / "flights.csv", Path(folder) / "flights.parquet"
        await asyncio.to_thread(LOADERS["flights"]().to_csv, upload, index=False)
        await load(upload, table, filename=upload.name, settings=DatasetSettings())
        serial, parallel = [], []
        for _ in range(ROUNDS):
            serial.append(await _stage(table, 1))
            parallel.append(await _stage(table, 2))
        possible = [await _burnt(together=False) / await _burnt(together=True) for _ in range(ROUNDS)]
    ratio = median(serial) / median(parallel)
    return (
        f"{median(serial):.2f} s against {median(parallel):.2f} s, {ratio:.2f} times as fast;"
        f" two processes that only count: {median(possible):.2f} times"
    )


async def _burnt(*, together: bool) -> float:
    """How long two processes take that do nothing but count: what the machine has to give just now."""
    started = time.perf_counter()
    first = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", BURNING)
    if not together:
        await first.wait()
    second = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", BURNING)
    await asyncio.gather(first.wait(), second.wait())
    return time.perf_counter() - started


async def _stage(table: Path, parallel: int) -> float:
    started = time.perf_counter()
    outcomes = await Queries(QuerySettings(parallel=parallel)).run(table, HEAVY)
    if failed := [each for each in outcomes if not hasattr(each, "rows")]:
        raise RuntimeError(f"a query failed: {failed[0]}")
    return time.perf_counter() - started
