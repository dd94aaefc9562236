"""Score the engine: `python -m bench.research [development|heldout|fresh|speed] [--frames]`.

Tables go through the loader, queries through gate and cage; with `--frames` they skip all three, which is quick.
"""

# A line of the report is read in one line.
from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.research import development, fresh, heldout, speed
from bench.research.caged import Caged
from bench.research.cases import Case, Opened, framed, judge

SETS: dict[str, tuple[list[Case], list[Case]]] = {
    "development": (development.ANSWERABLE, development.UNANSWERABLE),
    "heldout": (heldout.ANSWERABLE, heldout.UNANSWERABLE),
    "fresh": (fresh.ANSWERABLE, fresh.UNANSWERABLE),
}
SPEED = "speed"


def report(name: str, opened: Opened) -> str:
    """Scores of one set, and every phrasing that was not as it should be."""
    lines = [f"## {name}"]
    for title, cases, good in zip(("answerable", "unanswerable"), SETS[name], ("right", "refused"), strict=True):
        outcomes = judge(cases, opened)
        counts = Counter(each.verdict for each in outcomes)
        share = counts[good] / len(outcomes)
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("right", "wrong", "refused"))
        lines.append(f"{title}: {len(cases)} questions in {len(outcomes)} phrasings: {told} ({share:.1%} {good})")
        lines += [
            f"  {each.verdict}: [{each.case.table}] {each.question}\n      {each.answer[:300]}"
            for each in outcomes
            if each.verdict != good
        ]
    return "\n".join(lines)


def scores(names: list[str], *, frames: bool) -> None:
    with TemporaryDirectory() as folder, asyncio.Runner() as loop:
        caged = Caged(Path(folder), loop)
        for name in names:
            sys.stdout.write(report(name, framed if frames else caged.opened) + "\n")
            sys.stdout.flush()
        lines = [f"{len(caged.failures)} queries failed", *caged.failures]
        sys.stdout.write("" if frames else "\n  ".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.research", description=__doc__)
    parser.add_argument("sets", nargs="*", choices=[[], *SETS, SPEED], help="default: every set of questions")
    parser.add_argument("--frames", action="store_true", help="without loader, gate and cage")
    chosen = parser.parse_args()
    if chosen.sets == [SPEED]:
        asyncio.run(speed.main())
    else:
        scores(chosen.sets or list(SETS), frames=chosen.frames)


if __name__ == "__main__":
    main()
