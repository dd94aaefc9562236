"""What the model says during a run, and whose calls it was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from parley_common.testing.model_server.meter import CallSeen, MeterReading

PROMPT = "write about our new hiking boots"
QUESTION = "Who is it for?"
REWRITTEN = "Write a friendly product text about our new hiking boots for weekend hikers. Keep it short."
ASKS = "asks"
STEPS = ("find gaps", "rewrite")


@dataclass(frozen=True)
class Call:
    """One call of one step of one job, which its `task` tells apart; `came_at` is in seconds since 1970."""

    task: str
    step: str
    came_at: float


def rules(*, thinking: float) -> list[dict[str, Any]]:
    """Answers that take a moment, so that there is always something in flight; `thinking` seconds for the first."""
    gaps = {"name": "find gaps", "format": "json_schema", "delay": thinking, "times": None}
    asking = gaps | {"contains": f"<{ASKS} ", "value": _analysis(QUESTION)}
    return [
        asking,
        gaps | {"value": _analysis(None)},
        {"name": "rewrite", "stream": True, "text": REWRITTEN, "chunk": 12, "delay": 0.08, "times": None},
    ]


def calls(reading: MeterReading) -> list[Call]:
    return [Call(_task(call), call.rule, call.came_at) for call in reading.calls]


def _analysis(question: str | None) -> dict[str, Any]:
    element = "audience" if question else None
    return {"needs_rewrite": True, "missing": ["audience"], "question": question, "question_element": element}


def _task(call: CallSeen) -> str:
    """The author's words travel as the fields of a JSON object in the user message."""
    task: str = json.loads(call.body["messages"][-1]["content"])["task"]
    return task
