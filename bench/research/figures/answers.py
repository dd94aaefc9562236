"""Questions about shipped tables, put through loader, gate and cage: how many answers are right, wrong or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Check, Figure
from bench.research.caged import Caged
from bench.research.judging import Outcome, framed, judge
from bench.research.questions import NAMES, question_set
from bench.size import QUICK, Size

VERDICTS = ("right", "wrong", "refused")
HOW = (
    "The expected answers are computed by pandas. A set is new only once: afterwards the engine was mended with what "
    "the set had shown, so only what is said of first sight tells how it does with questions nobody prepared it for."
)


async def measure(size: Size) -> Figure:
    asked, unanswerable, measured = list[Outcome](), list[Outcome](), list[str]()
    with TemporaryDirectory() as folder:
        caged = Caged(Path(folder))
        for name in NAMES[:1] if size == QUICK else NAMES:
            each = question_set(name)
            known = await judge(each.answerable, framed if size == QUICK else caged.opened)
            unknown = await judge(each.unanswerable, framed if size == QUICK else caged.opened)
            measured.append(f"{name}: {told(known)}; of what the table cannot tell: {told(unknown)}. {each.about}")
            asked += known
            unanswerable += unknown
    wrong = sum(each.verdict == "wrong" for each in (*asked, *unanswerable))
    return Figure(
        f"{len(asked)} questions with an answer and {len(unanswerable)} without one, about shipped tables",
        measured,
        [
            Check("answered right", _share(asked, "right"), 90, "at least", "%"),
            Check("wrong answers", wrong, 0, unit=""),
            Check("refused where the table cannot tell", _share(unanswerable, "refused"), 95, "at least", "%"),
            Check("queries that failed", len(caged.failures), 0, unit=""),
        ],
        [HOW],
    )


def told(outcomes: Sequence[Outcome]) -> str:
    """`61 right, 0 wrong, 2 refused`."""
    counts = Counter(each.verdict for each in outcomes)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)


def _share(outcomes: Sequence[Outcome], verdict: str) -> float:
    return 100 * sum(each.verdict == verdict for each in outcomes) / len(outcomes)
