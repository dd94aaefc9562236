"""Questions whose answers are spans of texts: the data set of brandonstarxel/chunking_evaluation, read from a folder.

The folder has `questions.csv` (`question`, `references`, `corpus_id`) and `corpora/<corpus_id>.md`. It is not part of
the project: it lies beside the repository, or where `PARLEY_RETRIEVAL_DATA` says.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int]
BESIDE = Path(__file__).parents[2] / ".." / "shared" / "data" / "retrieval"


@dataclass(frozen=True)
class Question:
    text: str
    corpus: str
    gold: tuple[Span, ...]


@dataclass(frozen=True)
class QuestionSet:
    texts: dict[str, str]
    questions: list[Question]


def question_set(*, every: int = 1) -> QuestionSet:
    """Every n-th question and all texts. Ends the program where there is no such set: nothing can stand in for it."""
    folder = Path(os.environ.get("PARLEY_RETRIEVAL_DATA", BESIDE)).resolve()
    if not (folder / "questions.csv").is_file():
        sys.exit(f"There is no question set in {folder}. PARLEY_RETRIEVAL_DATA says where it is.")
    known = _read(folder)
    return QuestionSet(known.texts, known.questions[::every])


def _read(folder: Path) -> QuestionSet:
    with (folder / "questions.csv").open(newline="", encoding="utf-8") as file:
        questions = [_question(row) for row in csv.DictReader(file)]
    names = sorted({question.corpus for question in questions})
    # Offsets count the characters of the file as it is: line ends must not be translated.
    texts = {name: (folder / "corpora" / f"{name}.md").read_bytes().decode() for name in names}
    return QuestionSet(texts, questions)


def _question(row: dict[str, str]) -> Question:
    references = json.loads(row["references"])
    spans = tuple((int(each["start_index"]), int(each["end_index"])) for each in references)
    return Question(row["question"], row["corpus_id"], spans)
