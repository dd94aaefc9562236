"""`python -m bench.research`: measure research without a model: speed, fairness, memory, and whether it is right."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Sequence

from bench.measuring import Figure
from bench.report import Part
from bench.running import run
from bench.size import Size

FIGURES = ("one_job", "parallel", "crowd", "memory", "answers")
PART = Part(
    "Benchmark results: research",
    """\
Written by `make bench`, or by `python -m bench.research` alone: one research service in offline mode, with its
in-process bus and SQLite; tables go through the loader, queries through gate and cage.
""",
    packages=("duckdb", "sqlglot", "pandas", "scikit-learn", "statsmodels"),
)


async def measure(names: Sequence[str], size: Size) -> AsyncIterator[Figure]:
    for name in names:
        yield await importlib.import_module(f"bench.research.figures.{name}").measure(size)


if __name__ == "__main__":
    run("bench.research", PART, FIGURES, measure)
