"""Questions with the answers pandas computes, as plain text: one file a set, `<name>.txt`.

The first lines tell what the set is and how it did at first sight. Then, table by table (`[penguins]`), the answer as
an expression of the frame `d`, and below it the question in one phrasing or several:

    = d.body_mass_g.mean()
    What is the average body mass?
    mean body mass of the penguins

`= None` stands where the data cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAMES = ("development", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Case:
    """One question in several phrasings. `expected` computes its answer from the frame, never from our SQL.

    A number must be among the cited numbers of the direct answer, a text must stand in it; the first text of a list
    must stand before the other values of its column. `None` means the data cannot tell.
    """

    table: str
    expected: Callable[[Any], Any] | None
    phrasings: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSet:
    """Cases written at one time; `about` is how they came about and did when they were new."""

    name: str
    about: str
    cases: tuple[Case, ...]

    @property
    def answerable(self) -> list[Case]:
        return [each for each in self.cases if each.expected]

    @property
    def unanswerable(self) -> list[Case]:
        return [each for each in self.cases if not each.expected]


def question_set(name: str) -> QuestionSet:
    about, _, body = (FOLDER / f"{name}.txt").read_text().partition("\n[")
    return QuestionSet(name, " ".join(about.split()), tuple(_cases("[" + body)))


def _cases(text: str) -> Iterator[Case]:
    table, answer, phrasings = "", "", list[str]()
    for line in (*text.splitlines(), "="):
        if line.startswith(("[", "=")) and phrasings:
            yield Case(table, _expected(answer), tuple(phrasings))
            phrasings = []
        if line.startswith("["):
            table = line.strip("[] ")
        elif line.startswith("="):
            answer = line.removeprefix("=").strip()
        elif line.strip():
            phrasings.append(line.strip())


def _expected(answer: str) -> Callable[[Any], Any] | None:
    if answer == "None":
        return None
    code = compile(answer, "<answer>", "eval")
    return lambda frame: eval(code, {"d": frame})  # noqa: S307  our own files, and nothing else
