"""When an answer is right, wrong or refused."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.research.asking import Answered, Runner, duck, research
from bench.research.questions import Case
from bench.research.tables import frame, profile
from parley_common.contracts.datasets import Profile


@dataclass(frozen=True)
class Outcome:
    """What came of one phrasing: `right`, `wrong` or `refused`."""

    case: Case
    question: str
    verdict: str
    answer: str


Opened = Callable[[str], Awaitable[tuple[Profile, Runner]]]


async def framed(name: str) -> tuple[Profile, Runner]:
    """A table as it comes quickest: DuckDB over its frame, without loader, gate and cage."""
    return profile(name), duck(frame(name))


async def judge(cases: Sequence[Case], opened: Opened) -> list[Outcome]:
    """Every phrasing of every case through the engine."""
    outcomes: list[Outcome] = []
    for name in dict.fromkeys(each.table for each in cases):
        known, run = await opened(name)
        asked = [(each, question) for each in cases if each.table == name for question in each.phrasings]
        found = await research([question for _, question in asked], known, run, name=f"{name}.csv")
        outcomes += [_outcome(*each, answer) for each, answer in zip(asked, found, strict=True)]
    return outcomes


def _outcome(asked: Case, question: str, found: Answered) -> Outcome:
    if not found.findings.answered:
        verdict = "refused"
    elif asked.expected and _right(found, asked.expected(frame(asked.table)), frame(asked.table)):
        verdict = "right"
    else:
        verdict = "wrong"
    return Outcome(asked, question, verdict, found.text)


def _right(found: Answered, expected: Any, data: pd.DataFrame) -> bool:
    wanted = list(expected) if isinstance(expected, list | tuple) else [expected]
    # A sentence lists the ends of many groups; all of them are in the result it cites.
    numbers = [each.value for each in found.findings.answer.numbers] + _cells(found)
    texts = [each for each in wanted if isinstance(each, str)]
    amounts = [float(each) for each in wanted if not isinstance(each, str)]
    known = all(any(math.isclose(each, value, rel_tol=1e-9, abs_tol=1e-9) for value in numbers) for each in amounts)
    return known and all(each in found.text for each in texts) and (not texts or _leads(found.text, texts[0], data))


def _cells(found: Answered) -> list[float]:
    first = found.details[0]
    rows = first.rows if len(first.rows) > 10 and found.findings.answer.numbers else []
    return [float(cell) for row in rows for cell in row if isinstance(cell, int | float)]


def _leads(answer: str, first: str, data: pd.DataFrame) -> bool:
    """Whether this value is the first of its column that the answer names; conditions may name others before it."""
    columns = [data[name] for name in data.columns if (data[name].astype(str) == first).any()]
    rivals = [str(value) for values in columns[:1] for value in values.dropna().unique() if first not in str(value)]
    text = answer.split(": ", 1)[-1] if " where " in answer else answer
    text = text if first in text else answer
    return all(text.find(first) < text.find(each) for each in rivals if len(each) > 1 and each in text)
