"""Score answers without a model: `python -m bench.chat FOLDER`, a set of questions with marked passages.

The texts of the set are uploaded to a system of its own; each question is asked over `/api/chat`, and so are those of
`unanswerable.txt`, which no text answers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.chat.asking import Reply, ask, ingest, read_lines
from bench.chat.scoring import Score, score
from bench.retrieval.questions import QuestionSet, read
from parley_standalone.demo import private_system
from parley_standalone.servers import scratch_folder

UNANSWERABLE = Path(__file__).with_name("unanswerable.txt")


async def measured(known: QuestionSet, unanswerable: Sequence[str]) -> tuple[list[Reply], list[Reply]]:
    """The replies to both kinds of questions."""
    with scratch_folder() as folder:
        async with private_system(folder, environment={"PATH": os.environ["PATH"]}) as url:
            await ingest(url, known.texts)
            # The embedding model is loaded by the first question.
            await ask(url, [known.questions[0].text])
            answers = await ask(url, [question.text for question in known.questions])
            return answers, await ask(url, unanswerable)


def report(known: QuestionSet, replies: Sequence[Reply], refusals: Sequence[Reply]) -> str:
    """The figures, and every question that was answered although nothing answers it."""
    scores = [
        score(question, known.texts[question.corpus], [source["quote"] for source in reply.body["sources"]])
        for question, reply in zip(known.questions, replies, strict=True)
    ]
    refused = [not reply.body["found"] for reply in refusals]
    sizes = [len(reply.body["answer"]) for reply in replies if reply.body["found"]]
    lines = [
        f"{len(replies)} questions with marked passages: {_share([r.body['found'] for r in replies])} answered,",
        f"  {_share([each.whole for each in scores])} with a whole marked passage,"
        f" {_share([each.touched for each in scores])}"
        f" with some of one, {statistics.mean(each.share for each in scores):.1%} of all marked characters;"
        f" {statistics.mean(sizes):.0f} characters an answer",
        f"{len(refusals)} questions about what is in no text: {_share(refused)} refused",
        _waiting("asked one at a time", [*replies, *refusals]),
        *(f"  answered: {reply.body['ledger']['queries'][0]}" for reply in refusals if reply.body["found"]),
    ]
    return "\n".join([*lines, *_by_text(known, scores)])


def _by_text(known: QuestionSet, scores: Sequence[Score]) -> list[str]:
    pairs = list(zip(known.questions, scores, strict=True))
    return [
        f"  {name}: {_share([each.whole for question, each in pairs if question.corpus == name])} whole"
        for name in known.texts
    ]


def _share(outcomes: Sequence[bool]) -> str:
    return f"{statistics.mean(outcomes):.1%}"


def _waiting(how: str, replies: Sequence[Reply]) -> str:
    times = sorted(reply.seconds * 1000 for reply in replies)
    return f"{how}: median {statistics.median(times):.0f} ms, p95 {times[int(0.95 * (len(times) - 1))]:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.chat", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds questions.csv and corpora/")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask only every Nth question of the set")
    chosen = parser.parse_args()
    whole = read(chosen.folder)
    known = QuestionSet(whole.texts, whole.questions[:: chosen.every])
    replies, refusals = asyncio.run(measured(known, read_lines(UNANSWERABLE)))
    sys.stdout.write(report(known, replies, refusals) + "\n")


if __name__ == "__main__":
    main()
