"""Score the engine: `python -m bench.research [development|heldout|fresh]`."""

# A line of the report is read in one line.
from __future__ import annotations

import sys
from collections import Counter

from bench.research import development, fresh, heldout
from bench.research.cases import Case, judge
from bench.research.running import duck

SETS: dict[str, tuple[list[Case], list[Case]]] = {
    "development": (development.ANSWERABLE, development.UNANSWERABLE),
    "heldout": (heldout.ANSWERABLE, heldout.UNANSWERABLE),
    "fresh": (fresh.ANSWERABLE, fresh.UNANSWERABLE),
}


def report(name: str) -> str:
    """Scores of one set, and every phrasing that was not as it should be."""
    lines = [f"## {name}"]
    for title, cases, good in zip(("answerable", "unanswerable"), SETS[name], ("right", "refused"), strict=True):
        outcomes = judge(cases, duck)
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


if __name__ == "__main__":
    for chosen in sys.argv[1:] or SETS:
        sys.stdout.write(report(chosen) + "\n")
