"""A search among ten thousand passages of one owner: the engine in process, and as a process over HTTP."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Check, Figure
from bench.retrieval.speed import DIMENSIONS, PASSAGES, Speed, measured, server
from bench.size import Size
from parley_common.vectors.index import open_index
from parley_common.vectors.settings import VectorSettings


async def measure(size: Size) -> Figure:
    with TemporaryDirectory() as folder:
        inside = await _measured(VectorSettings(_env_file=None, PARLEY_DATA=Path(folder)), size)
    async with server() as settings:
        outside = await _measured(settings, size)
    return Figure(
        f"A search among {PASSAGES:,} passages of one owner, by meaning and by words",
        [f"in process: {inside}", f"over HTTP: {outside}"],
        [
            Check("p95 in process", 1000 * inside.p95, 15, unit="ms"),
            Check("p95 over HTTP", 1000 * outside.p95, 15, unit="ms"),
        ],
        ["vectors and words drawn at random; each search embeds a question of eight words first"],
    )


async def _measured(settings: VectorSettings, size: Size) -> Speed:
    return await measured(open_index(settings, "speed", DIMENSIONS), searches=size.samples)
