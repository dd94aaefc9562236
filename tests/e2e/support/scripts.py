"""What the test model is told to say in an enhancement."""

from __future__ import annotations

from typing import Any

from parley_common.testing.model_server.meter import CallSeen, MeterReading

Rule = dict[str, Any]
QUESTION = "Who is it for?"
REWRITTEN = "Write a friendly product text about our new hiking boots for weekend hikers. Keep it short."
# Says nothing of the author's 129 EUR, so it has to be repaired.
FORGETFUL = "Write a friendly product text about our new hiking boots for weekend hikers."
PRICED = "write about our new hiking boots, 129 EUR"
REPAIRED = "Write a friendly product text about our new hiking boots, 129 EUR, for weekend hikers."
ANSWER = "weekend hikers"


def find_gaps(*, question: str | None = QUESTION, **more: Any) -> Rule:
    """The first call of an enhancement."""
    value = {
        "needs_rewrite": True,
        "missing": ["audience"],
        "question": question,
        "question_element": "audience" if question else None,
        "options": [],
        "queries": ["hiking boots"],
    }
    return {"name": "find gaps", "format": "json_schema", "value": value, "times": None} | more


def rewrite(text: str = REWRITTEN, **more: Any) -> Rule:
    """The second one."""
    return {"name": "rewrite", "stream": True, "text": text, "times": None} | more


def repair(text: str = REPAIRED, **more: Any) -> Rule:
    """The third one, which a flawed rewrite leads to; goes before the rule for rewrites."""
    return {"name": "repair", "contains": "failed_rewrite", "stream": True, "text": text, "times": None} | more


def calls(reading: MeterReading, rule: str, *, about: str = "") -> list[CallSeen]:
    """The calls of one rule; only those that speak `about` something, if that is given."""
    return [call for call in reading.calls if call.rule == rule and about in str(call.body)]


def traceparents(reading: MeterReading) -> dict[str, str]:
    """The trace context of the last call of each rule."""
    return {call.rule: call.headers["traceparent"] for call in reading.calls}
