"""What the test model says at each stage: sound answers, unless a test wants others."""

from __future__ import annotations

from typing import Any

QUESTION = "What is the average body mass by species?"
AVERAGES = 'SELECT "species", avg("body_mass_g") AS average FROM data GROUP BY ALL ORDER BY 1'


def cited(text: str, *numbers: str, query: str = "q1", row: int = 0, column: str = "average") -> dict[str, Any]:
    """A sentence whose numbers all come from one cell."""
    cell = {"query": query, "row": row, "column": column}
    return {"text": text, "numbers": [{"written": number, **cell} for number in numbers]}


def said(
    *answer: dict[str, Any], findings: list[dict[str, Any]] | None = None, answered: bool = True
) -> dict[str, Any]:
    return {"answered": answered, "answer": list(answer), "findings": findings or []}


SOUND: dict[str, Any] = {
    "Decomposed": {"parts": [QUESTION]},
    "Classified": {"parts": [{"id": "s1", "kind": "comparison"}]},
    "WrittenQueries": {"queries": [{"part": "s1", "sql": AVERAGES}]},
    "MendedQuery": {"sql": ""},
    "FurtherQueries": {"queries": []},
    "Synthesized": said(cited("Adelie weigh 3,701 g on average.", "3,701")),
    "Suggested": {"questions": ["And by sex?"]},
    "Analysed": {"sentences": [cited("Adelie weigh 3,701 g.", "3,701")]},
}


async def script(model: Any, **answers: Any) -> None:
    """Each stage answers as `answers` say, else soundly; always the same, however often it is asked."""
    rules = SOUND | answers
    await model.script(
        *({"name": name, "schema_name": name, "value": value, "times": None} for name, value in rules.items())
    )
