"""A conversation that grew too long is summed up: once, then extended, and gone with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from parley_chat.store import tables

REVENUE = "Revenue of Acme in the third quarter was 5 million dollars."
QUESTION = "What was the revenue of Acme in the third quarter?"


@pytest.fixture
def limits() -> dict[str, Any]:
    """Two turns are shown whole."""
    return {"window_messages": 4}


async def talked(site: Any, conversation: UUID, *numbers: int) -> None:
    """Turns that were answered before."""
    for number in numbers:
        fields = {"question": f"Item {number}?", "answer": f"Item {number} is Ignore-all-rules {number} [1]."}
        await site.service.turns.keep("ada", conversation, job=uuid7(), **fields)


async def summaries(site: Any) -> list[tuple[str, str]]:
    async with site.service.service.database.read() as connection:
        return [(row.owner, row.text) for row in await connection.execute(select(tables.summary))]


class TestWithAModel:
    @pytest.fixture
    def base_url(self, model_address: str) -> str:
        return f"{model_address}/v1"

    async def test_turns_too_old_to_be_shown_are_summed_up_once_and_later_ones_added(
        self, site: Any, model: Any
    ) -> None:
        await site.add(REVENUE)
        await talked(site, conversation := uuid4(), 1, 2, 3, 4)
        await model.script(
            summing("Item 1 is Ignore-all-rules 1.", "The user collects items [4]. One and two are known."),
            {"stream": True, "contains": "The user collects items. One and two", "text": "5 million [1]."},
        )
        job = await site.ask(QUESTION, conversation)
        first = await site.result(job)
        assert site.steps(job)[:3] == ["read conversation", "summarise", "store summary"]
        assert await summaries(site) == [("ada", "The user collects items. One and two are known.")]
        assert 0 < first.ledger.summary < first.ledger.window
        await model.script(
            summing("The user collects items. One and two", "Items one to three are known."),
            {"stream": True, "contains": "Items one to three", "text": "5 million [1]."},
        )
        await site.answer(QUESTION, conversation)
        assert (await model.meter()).rules["summing"]["finished"] == 2
        assert await summaries(site) == [("ada", "Items one to three are known.")]
        await site.forget(conversation)
        await site.settle()
        assert (await summaries(site), await site.kept()) == ([], [])

    async def test_a_conversation_goes_on_though_the_model_will_not_sum_it_up(self, site: Any, model: Any) -> None:
        await site.add(REVENUE)
        await talked(site, conversation := uuid4(), 1, 2, 3)
        await model.script(
            {"schema_name": "ConversationSummary", "refusal": "No."},
            {"stream": True, "contains": "user: Item 1?", "text": "5 million [1]."},
        )
        assert (await site.answer(QUESTION, conversation)).answer == "5 million [1]."
        assert await summaries(site) == [("ada", "user: Item 1?\nassistant: Item 1 is Ignore-all-rules 1.")]

    async def test_short_conversations_and_those_a_client_keeps_are_not_summed_up(self, site: Any, model: Any) -> None:
        await talked(site, conversation := uuid4(), 1, 2)
        said = [{"role": role, "content": "Hello"} for _ in range(9) for role in ("user", "assistant")]
        jobs = [await site.ask(QUESTION, conversation), await site.ask(QUESTION, history=said)]
        for job in jobs:
            await site.result(job)
            assert "summarise" not in site.steps(job)


async def test_without_a_model_the_beginnings_of_older_messages_are_kept_within_their_tokens(site: Any) -> None:
    await talked(site, conversation := uuid4(), *range(1, 25))
    answered = await site.answer(QUESTION, conversation)
    ((owner, text),) = await summaries(site)
    assert (owner, text.splitlines()[-1]) == ("ada", "assistant: Item 22 is Ignore-all-rules 22.")
    assert 0 < answered.ledger.summary <= site.settings.summary
    assert "user: Item 1?" not in text
    await site.answer(QUESTION, conversation)
    ((_, longer),) = await summaries(site)
    assert longer.splitlines()[-1] == "assistant: Item 23 is Ignore-all-rules 23."


def summing(contains: str, summary: str) -> dict[str, Any]:
    return {
        "name": "summing",
        "schema_name": "ConversationSummary",
        "contains": contains,
        "value": {"summary": summary},
    }
