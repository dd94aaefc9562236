"""What a model sees of a table and of results: enough to think with, and never more than fits."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel

from parley_common.contracts.datasets import Column, Profile, Top
from parley_common.contracts.research import Detail
from parley_common.llm.prompting import Message
from parley_research.adapters.model import CHARACTERS, COLUMNS, ROWS, VALUES, ModelAnalyst
from parley_research.domain.inquiry import Asked

T = TypeVar("T", bound=BaseModel)
LONG = "x" * 10_000
COLUMN = Column(
    name=LONG, type="text", minimum=LONG, top=[Top(value=LONG, count=1)] * 100, samples=[LONG, None, 1] * 100
)
WIDE = Asked(
    question="How many?",
    name=LONG,
    profile=Profile(format="csv", rows=9, columns=[COLUMN] * 1000, hash="0" * 64, size=1),
)


class Listener:
    """A model that keeps what it was sent and suggests nothing."""

    name = "listener"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def structured(self, messages: list[Message], schema: type[T]) -> T:
        self.sent.append(json.loads(messages[-1].content))
        return schema.model_validate({"questions": [], "queries": []})


async def test_a_wide_table_with_long_values_is_cut_to_size() -> None:
    listener = Listener()
    await ModelAnalyst(listener).suggest(WIDE, [], [])  # type: ignore[arg-type]
    [sent] = listener.sent
    columns = sent["profile"]["columns"]
    assert (len(columns), len(sent["file"]), sent["question"]) == (COLUMNS, CHARACTERS, "How many?")
    for column in columns:
        assert (len(column["name"]), len(column["minimum"])) == (CHARACTERS, CHARACTERS)
        assert (len(column["frequent"]), len(column["samples"])) == (VALUES, VALUES)


async def test_of_a_long_result_the_first_rows_are_shown_and_of_a_failed_query_nothing() -> None:
    listener = Listener()
    known: dict[str, Any] = {"question": "?", "kind": "aggregate", "sql": "SELECT"}
    details = [
        Detail(query_id="q1", columns=["a"], rows=[[LONG]] * 1000, row_count=5000, **known),
        Detail(query_id="q2", error="secret", **known),
    ]
    await ModelAnalyst(listener).follow_up(WIDE, [], details)  # type: ignore[arg-type]
    [result] = listener.sent[0]["results"]
    assert (result["query"], len(result["rows"]), result["row_count"]) == ("q1", ROWS, 5000)
    assert result["rows"][0] == ["x" * CHARACTERS]


async def test_without_a_result_no_further_query_is_asked_for() -> None:
    listener = Listener()
    assert await ModelAnalyst(listener).follow_up(WIDE, [], []) == []  # type: ignore[arg-type]
    assert listener.sent == []
