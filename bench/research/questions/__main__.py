"""`python -m bench.research.questions [set …]`: every phrasing whose answer is not as it should be, and the counts.

Tables skip loader, gate and cage here, which is quick; `python -m bench.research answers` takes them through.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench.research.figures.answers import told
from bench.research.judging import framed, judge
from bench.research.questions import NAMES, question_set


async def report(name: str, *, everything: bool) -> None:
    asked = question_set(name)
    for title, cases, good in (("answerable", asked.answerable, "right"), ("not", asked.unanswerable, "refused")):
        outcomes = await judge(cases, framed)
        sys.stdout.write(f"## {name}, {title}: {told(outcomes)}\n")
        for each in outcomes:
            if everything or each.verdict != good:
                sys.stdout.write(f"  {each.verdict}: [{each.case.table}] {each.question}\n      {each.answer}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.research.questions", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="set", help=f"some of {', '.join(NAMES)}; default: all")
    parser.add_argument("--all", action="store_true", help="show every answer")
    chosen = parser.parse_args()
    for name in chosen.sets or NAMES:
        asyncio.run(report(name, everything=chosen.all))


if __name__ == "__main__":
    main()
