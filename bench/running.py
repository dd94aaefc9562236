"""One command for each part of the results: measure its figures, print them, and write the part when it is whole."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

from bench.measuring import Figure
from bench.report import Part, printed, write
from bench.size import QUICK, Size

# Measures the figures of these names, one after the other.
Measure = Callable[[Sequence[str], Size], AsyncIterator[Figure]]
Run = Callable[[Coroutine[Any, Any, list[Figure]]], list[Figure]]


def run(program: str, part: Part, names: Sequence[str], measure: Measure, *, loop: Run = asyncio.run) -> None:
    """Ends the process with 1 when a figure misses its bound; `--quick` and a choice of figures write nothing."""
    parser = argparse.ArgumentParser(prog=program, description=part.introduction)
    parser.add_argument("figures", nargs="*", metavar="figure", help=f"some of {', '.join(names)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: shows that it runs, no more")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - set(names):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    figures = loop(_measured(measure(chosen.figures or names, QUICK if chosen.quick else Size())))
    if not chosen.quick and not chosen.figures:
        write(part, figures)
    sys.exit(0 if chosen.quick or all(figure.met for figure in figures) else 1)


async def _measured(figures: AsyncIterator[Figure]) -> list[Figure]:
    measured = []
    async for figure in figures:
        sys.stdout.write(printed(figure) + "\n")
        sys.stdout.flush()
        measured.append(figure)
    return measured
