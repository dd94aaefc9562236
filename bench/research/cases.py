"""What a case of the evaluation is, and when an answer to it is right."""

# A case is read in one line.
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.research.running import Runner, duck, research
from bench.research.tables import frame, profile
from parley_common.contracts.datasets import Profile
from parley_research.domain.synthesis import Synthesis

Expected = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """One question in several phrasings. `expected` computes its answer from the frame, never from our SQL.

    A number must be among the cited numbers of the direct answer, a text must stand in it; the first text of a list
    must stand before the other values of its column. `None` means the data cannot tell.
    """

    table: str
    expected: Expected | None
    phrasings: tuple[str, ...]


def case(table: str, expected: Expected | None, *phrasings: str) -> Case:
    """A case, short to write."""
    return Case(table, expected, phrasings)


@dataclass(frozen=True)
class Outcome:
    """What came of one phrasing: right, wrong or refused."""

    case: Case
    question: str
    verdict: str
    answer: str


Opened = Callable[[str], tuple[Profile, Runner]]


def framed(name: str) -> tuple[Profile, Runner]:
    """A table as it comes quickest: DuckDB over its frame, without loader, gate and cage."""
    return profile(name), duck(frame(name))


def judge(cases: Sequence[Case], opened: Opened) -> list[Outcome]:
    """Every phrasing of every case through the engine."""
    outcomes: list[Outcome] = []
    for name in dict.fromkeys(each.table for each in cases):
        known, run = opened(name)
        for each in (each for each in cases if each.table == name):
            outcomes += [_outcome(each, question, known, run) for question in each.phrasings]
    return outcomes


def _outcome(asked: Case, question: str, known: Profile, run: Runner) -> Outcome:
    found = research(question, known, run, name=f"{asked.table}.csv")
    if asked.expected is None:
        return Outcome(asked, question, "wrong" if found.answered else "refused", found.answer.text)
    if not found.answered:
        return Outcome(asked, question, "refused", found.answer.text)
    right = _right(found, asked.expected(frame(asked.table)), frame(asked.table))
    return Outcome(asked, question, "right" if right else "wrong", found.answer.text)


def _right(found: Synthesis, expected: Any, data: pd.DataFrame) -> bool:
    wanted = list(expected) if isinstance(expected, list | tuple) else [expected]
    # A sentence lists the ends of many groups; all of them are in the result it cites.
    numbers = [each.value for each in found.answer.numbers] + _cells(found)
    texts = [each for each in wanted if isinstance(each, str)]
    amounts = [float(each) for each in wanted if not isinstance(each, str)]
    known = all(any(math.isclose(each, value, rel_tol=1e-9, abs_tol=1e-9) for value in numbers) for each in amounts)
    return known and all(each in found.answer.text for each in texts) and (not texts or _leads(found, texts[0], data))


def _cells(found: Synthesis) -> list[float]:
    first = found.details[0]
    rows = first.rows if len(first.rows) > 10 and found.answer.numbers else []
    return [float(cell) for row in rows for cell in row if isinstance(cell, int | float)]


def _leads(found: Synthesis, first: str, data: pd.DataFrame) -> bool:
    columns = [data[name] for name in data.columns if (data[name].astype(str) == first).any()]
    rivals = [str(value) for values in columns[:1] for value in values.dropna().unique() if first not in str(value)]
    text = found.answer.text.split(": ", 1)[-1] if " where " in found.answer.text else found.answer.text
    if first not in text:
        text = found.answer.text
    return all(text.find(first) < text.find(each) for each in rivals if len(each) > 1 and each in text)
