"""`python -m bench.documents`: measure documents without a model: uploads, ingestion, search, and chat meanwhile."""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bench.measuring import Figure
from bench.report import Part
from bench.running import run
from bench.size import Size

FIGURES = ("embedding", "reading", "uploads", "ingestion", "search", "crowd")
PART = Part(
    "Benchmark results: documents",
    """\
Written by `make bench`, or by `python -m bench.documents` alone. Whole documents go through a system of its own as
`make run` starts it: one process, embeddings computed in it, nothing faked. What the figures are made of:
[docs/speed.md](../docs/speed.md).
""",
    packages=("onnxruntime", "tokenizers", "qdrant-edge-py", "pypdfium2", "semantic-text-splitter"),
)


async def measure(names: Sequence[str], size: Size) -> AsyncIterator[Figure]:
    for name in names:
        before = os.getloadavg()[0]
        figure = await importlib.import_module(f"bench.documents.figures.{name}").measure(size)
        load = f"load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after"
        yield replace(figure, notes=[*figure.notes, load])


if __name__ == "__main__":
    run("bench.documents", PART, FIGURES, measure)
