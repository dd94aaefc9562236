"""`python -m bench.retrieval`: measure what searches find, and what is answered from it without a model."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Sequence

from bench.measuring import Figure
from bench.report import Part
from bench.running import run
from bench.size import Size

FIGURES = {
    "quality": "bench.retrieval.quality",
    "answers": "bench.chat.answers",
    "manuals": "bench.retrieval.known_items",
}
PART = Part(
    "Benchmark results: retrieval",
    """\
Written by `make bench`, or by `python -m bench.retrieval` alone: the model and the index in process, no model that
writes. The questions with marked passages are a set that lies beside the repository, in `../shared/data/retrieval` or
where `PARLEY_RETRIEVAL_DATA` says.
""",
    packages=(
        "qdrant-client", "qdrant-edge-py", "onnxruntime", "semantic-text-splitter",
        "langchain-text-splitters", "langchain-chroma", "chromadb",
    ),
    servers=("pandoc", "libreoffice-writer-nogui"),
)  # fmt: skip


async def measure(names: Sequence[str], size: Size) -> AsyncIterator[Figure]:
    for name in names:
        yield await importlib.import_module(FIGURES[name]).measure(size)


if __name__ == "__main__":
    run("bench.retrieval", PART, tuple(FIGURES), measure)
