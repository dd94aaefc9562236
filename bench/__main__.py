"""`python -m bench`: measure everything, print it, and write `bench/RESULTS.md`."""

from __future__ import annotations

import argparse
import importlib
import sys

import uvloop

from bench.measuring import Figure
from bench.report import printed, write
from bench.site import running_servers
from bench.size import QUICK, Size

FIGURES = ("one_job", "answer", "throughput", "everything", "steps", "waiting", "sockets", "storm")


async def measure(names: list[str], size: Size) -> list[Figure]:
    figures = []
    async with running_servers() as servers:
        for name in names:
            figure: Figure = await importlib.import_module(f"bench.figures.{name}").measure(servers, size)
            sys.stdout.write(printed(figure) + "\n")
            sys.stdout.flush()
            figures.append(figure)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="figure", help=f"some of {', '.join(FIGURES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: shows that it runs, no more")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - set(FIGURES):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    figures = uvloop.run(measure(chosen.figures or list(FIGURES), QUICK if chosen.quick else Size()))
    if not chosen.quick and not chosen.figures:
        write(figures)
    sys.exit(0 if chosen.quick or all(figure.met for figure in figures) else 1)


if __name__ == "__main__":
    main()
