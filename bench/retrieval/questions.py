"""Questions whose answers are spans of texts: the data set of brandonstarxel/chunking_evaluation, read from a folder.

The folder has `questions.csv` (`question`, `references`, `corpus_id`) and `corpora/<corpus_id>.md`; it is not part of
the project.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int]


@dataclass(frozen=True)
class Question:
    text: str
    corpus: str
    gold: tuple[Span, ...]


@dataclass(frozen=True)
class QuestionSet:
    texts: dict[str, str]
    questions: list[Question]


def read(folder: Path) -> QuestionSet:
    """All questions of the folder and the texts they are about."""
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
