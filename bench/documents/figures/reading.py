"""Reading a PDF in its confined child, from its start to the validated answer."""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documents.manual import manual
from bench.measuring import Check, Figure
from bench.size import Size
from parley_ingest.parsing.reading import read
from parley_ingest.parsing.settings import ParsingSettings


async def measure(size: Size) -> Figure:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "manual.pdf"
        path.write_bytes(await asyncio.to_thread(manual, size.pages))
        taken = [await _taken(path) for _ in range(size.rounds)]
    seconds, computed = (min(each) for each in zip(*taken, strict=True))
    return Figure(
        f"Reading a PDF of {size.pages} pages in a confined process",
        [
            f"{size.pages / seconds:.0f} pages/s by the clock, its start included",
            f"{1000 * computed / size.pages:.2f} ms of its processor time a page",
        ],
        [Check("pages a second", size.pages / seconds, 300, "at least", "pages/s")],
        [f"the best of {size.rounds} rounds"],
    )


async def _taken(path: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the child's processor time."""
    began, before = time.perf_counter(), _children()
    await read(path, filename=path.name, settings=ParsingSettings(_env_file=None, PARLEY_DATA=path.parent))
    return time.perf_counter() - began, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
