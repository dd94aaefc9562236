"""The queries of one stage side by side, against one after the other."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.measuring import Check, Figure
from bench.research.tables import LOADERS
from bench.size import Size
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings

_COLUMNS = ("dep_delay", "arr_delay", "air_time", "distance", "dep_time", "arr_time")
HEAVY = [
    f'SELECT "dest", "carrier", {", ".join(f"median({column} + {number}) AS c{number}" for number in range(12))}'  # noqa: S608
    " FROM data GROUP BY ALL"
    for column in _COLUMNS
]
BURNING = "sum(range(30_000_000))"


async def measure(size: Size) -> Figure:
    with TemporaryDirectory() as folder:
        table = await _flights(Path(folder))
        serial, parallel, possible = [], [], []
        for _ in range(size.rounds):
            serial.append(await _stage(table, 1))
            parallel.append(await _stage(table, 2))
            possible.append(await _burnt(together=False) / await _burnt(together=True))
    return Figure(
        f"The query stage: {len(HEAVY)} queries on flights, two at a time against one at a time",
        [
            f"{median(serial):.2f} s one at a time, {median(parallel):.2f} s two at a time",
            f"two processes that only count: {median(possible):.2f} times as fast together, which is what there was",
        ],
        [Check("times as fast", median(serial) / median(parallel), 1.5, "at least")],
    )


async def _flights(folder: Path) -> Path:
    upload, table = folder / "flights.csv", folder / "flights.parquet"
    await asyncio.to_thread(LOADERS["flights"]().to_csv, upload, index=False)
    await load(upload, table, filename=upload.name, settings=DatasetSettings())
    return table


async def _stage(table: Path, parallel: int) -> float:
    began = time.perf_counter()
    outcomes = await Queries(QuerySettings(parallel=parallel)).run(table, HEAVY)
    if failed := [each for each in outcomes if not hasattr(each, "rows")]:
        raise RuntimeError(f"a query failed: {failed[0]}")
    return time.perf_counter() - began


async def _burnt(*, together: bool) -> float:
    """How long two processes take that do nothing but count: what the machine has to give just now."""
    began = time.perf_counter()
    first = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", BURNING)
    if not together:
        await first.wait()
    second = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", BURNING)
    await asyncio.gather(first.wait(), second.wait())
    return time.perf_counter() - began
