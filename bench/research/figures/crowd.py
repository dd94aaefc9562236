"""Many jobs at once: all of them finish, and whoever waits for one does not stand behind the batch."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from bench.measuring import Check, Figure
from bench.research.service import running
from bench.size import Size
from parley_common.contracts.jobs import Priority

QUESTION = "What is the average body mass by species?"


async def measure(size: Size) -> Figure:
    interactive = size.crowd // 5
    async with running() as service:
        penguins = await service.table("penguins")
        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            # The batch is there first: whoever comes later has to pass it.
            batch = [
                tasks.create_task(service.seconds(penguins, QUESTION, Priority.BATCH))
                for _ in range(size.crowd - interactive)
            ]
            quick = [tasks.create_task(service.seconds(penguins, QUESTION)) for _ in range(interactive)]
        whole = time.perf_counter() - began
    waited = [[task.result() for task in each] for each in (quick, batch)]
    return Figure(
        f"{size.crowd} jobs at once, {interactive} of them interactive and sent last",
        [
            f"all finished in {whole:.1f} s",
            f"interactive: p50 {median(waited[0]):.1f} s, last {max(waited[0]):.1f} s",
            f"batch: p50 {median(waited[1]):.1f} s, last {max(waited[1]):.1f} s",
        ],
        [
            Check("finished", len(waited[0]) + len(waited[1]), size.crowd, "at least", "jobs"),
            Check("last interactive job against the median of the batch", max(waited[0]) / median(waited[1]), 1),
        ],
    )
