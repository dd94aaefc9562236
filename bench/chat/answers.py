"""Answers without a model: whether they hold what was marked as the answer, and refuse what no text answers.

The texts of the set are uploaded to a system of its own; each question is asked over `/api/chat`, and so are those of
`unanswerable.txt`, which no text answers.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

from bench.chat.asking import Reply, ask, ingest, read_lines
from bench.chat.scoring import Score, score
from bench.measuring import Check, Figure
from bench.retrieval.questions import QuestionSet, question_set
from bench.size import QUICK, Size
from parley_standalone.demo import private_system
from parley_standalone.servers import scratch_folder

UNANSWERABLE = Path(__file__).with_name("unanswerable.txt")


async def measure(size: Size) -> Figure:
    every = 10 if size == QUICK else 1
    known = question_set(every=every)
    replies, refusals = await _asked(known, read_lines(UNANSWERABLE)[::every])
    scores = _scored(known, replies)
    return Figure(
        f"Answers without a model: {len(replies)} questions with marked passages, {len(refusals)} that nothing answers",
        _measured(known, replies, refusals, scores),
        [
            Check("hold a whole marked passage", _share([each.whole for each in scores]), 60, "at least", "%"),
            Check("refused", _share([not reply.body["found"] for reply in refusals]), 90, "at least", "%"),
        ],
    )


async def _asked(known: QuestionSet, unanswerable: Sequence[str]) -> tuple[list[Reply], list[Reply]]:
    """The replies to both kinds of questions."""
    with scratch_folder() as folder:
        async with private_system(folder, environment={"PATH": os.environ["PATH"]}) as url:
            await ingest(url, known.texts)
            # The embedding model is loaded by the first question.
            await ask(url, [known.questions[0].text])
            answers = await ask(url, [question.text for question in known.questions])
            return answers, await ask(url, unanswerable)


def _scored(known: QuestionSet, replies: Sequence[Reply]) -> list[Score]:
    return [
        score(question, known.texts[question.corpus], [source["quote"] for source in reply.body["sources"]])
        for question, reply in zip(known.questions, replies, strict=True)
    ]


def _measured(
    known: QuestionSet, replies: Sequence[Reply], refusals: Sequence[Reply], scores: Sequence[Score]
) -> list[str]:
    """What the checks leave out, and every question that was answered although nothing answers it."""
    sizes = [len(reply.body["answer"]) for reply in replies if reply.body["found"]]
    lines = [
        f"answered: {_share([reply.body['found'] for reply in replies]):.1f} %, with {statistics.mean(sizes):.0f}"
        " characters on average",
        f"with some of a marked passage: {_share([each.touched for each in scores]):.1f} %; of all marked characters"
        f" {100 * statistics.mean(each.share for each in scores):.1f} %",
        f"with a whole one: {', '.join(_by_text(known, scores))}",
        _waiting([*replies, *refusals]),
    ]
    return lines + [f"not refused: {reply.body['ledger']['queries'][0]}" for reply in refusals if reply.body["found"]]


def _by_text(known: QuestionSet, scores: Sequence[Score]) -> list[str]:
    pairs = list(zip(known.questions, scores, strict=True))
    wholes = {name: [each.whole for question, each in pairs if question.corpus == name] for name in known.texts}
    return [f"{name} {_share(each):.1f} %" for name, each in wholes.items() if each]


def _share(outcomes: Sequence[bool]) -> float:
    return 100 * statistics.mean(outcomes)


def _waiting(replies: Sequence[Reply]) -> str:
    times = sorted(reply.seconds * 1000 for reply in replies)
    return f"asked one at a time: median {statistics.median(times):.0f} ms, p95 {times[int(0.95 * len(times))]:.0f} ms"
