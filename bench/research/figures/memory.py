"""Memory of the worker over many jobs."""

from __future__ import annotations

import asyncio

import psutil

from bench.measuring import Check, Figure
from bench.research.service import running
from bench.size import Size

QUESTION = "What is the mean body mass by island?"
STEPS = 4


async def measure(size: Size) -> Figure:
    async with running() as service:
        penguins = await service.table("penguins")
        process, sizes = psutil.Process(), list[float]()
        for _ in range(STEPS):
            await asyncio.gather(*(service.seconds(penguins, QUESTION) for _ in range(size.many // STEPS)))
            sizes.append(process.memory_info().rss / 2**20)
    return Figure(
        f"Memory of the worker over {size.many} jobs",
        [" → ".join(f"{each:.0f}" for each in sizes) + f" MiB after each {size.many // STEPS}"],
        [Check("growth after the first quarter", sizes[-1] - sizes[0], 10, unit="MiB")],
        ["The worker and whoever sends and counts its jobs are one process."],
    )
