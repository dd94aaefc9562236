"""Whoever runs the step pays: asked before each call, charged after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from parley_common.contracts.jobs import Usage
from parley_common.errors import ParleyError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.metering import BudgetExceeded, add, metered
from parley_common.runtime.signals import LeaseLost
from parley_common.storage.errors import DatabaseUnavailable
from parley_common.testing.model_server.scripted import ScriptedModel

MESSAGES = prompt("Rewrite.", task="a song")


class Song(BaseModel):
    title: str


class Purse:
    """A meter that allows so many calls."""

    def __init__(self, calls: int = 100, *, stopped_by: BaseException | None = None) -> None:
        self.left = calls
        self.spent = Usage()
        self._stopped_by = stopped_by

    def check(self) -> None:
        if self.left <= 0:
            raise BudgetExceeded("No calls left.")
        self.left -= 1

    async def confirm(self) -> None:
        if self._stopped_by:
            raise self._stopped_by

    def charge(self, usage: Usage) -> None:
        self.spent = add(self.spent, usage)


async def stream(model: OpenAIModel) -> None:
    async with model.stream(MESSAGES) as deltas:
        async for _ in deltas:
            pass


async def test_every_way_of_asking_is_charged_what_was_reported(model: OpenAIModel) -> None:
    with metered(purse := Purse()):
        reply = await model.complete(MESSAGES)
        await stream(model)
        await model.structured(MESSAGES, Song)
    assert purse.spent.calls == 3
    assert purse.spent.tokens_out > 2 * reply.usage.tokens_out


@pytest.mark.parametrize("reason", [LeaseLost(), DatabaseUnavailable("away")], ids=["lost", "unknown"])
async def test_no_request_leaves_while_the_job_may_be_somebody_elses(
    model: OpenAIModel, scripted: ScriptedModel, reason: BaseException
) -> None:
    with metered(purse := Purse(stopped_by=reason)):
        for asking in (model.complete(MESSAGES), stream(model), model.structured(MESSAGES, Song)):
            with pytest.raises(type(reason)):
                await asking
    assert (await scripted.meter()).started == 0
    if not isinstance(reason, LeaseLost):
        assert purse.spent.calls == 0


async def test_an_empty_purse_starts_no_call(model: OpenAIModel, scripted: ScriptedModel) -> None:
    with metered(Purse(0)):
        for asking in (model.complete(MESSAGES), stream(model), model.structured(MESSAGES, Song)):
            with pytest.raises(BudgetExceeded):
                await asking
    assert (await scripted.meter()).started == 0


async def test_the_purse_is_asked_again_before_a_repair(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "La la la.", "times": None})
    with metered(purse := Purse(1)), pytest.raises(BudgetExceeded):
        await model.structured(MESSAGES, Song)
    assert (await scripted.meter()).started == purse.spent.calls == 1


@pytest.mark.parametrize(
    "rule", [{"text": ""}, {"text": "Sing", "cut_at": 2}, {"refusal": "No."}, {"text": "x", "finish": "content_filter"}]
)
async def test_a_useless_answer_is_paid_for_too(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any]
) -> None:
    await scripted.script({**rule, "times": 2})
    with metered(purse := Purse()):
        with pytest.raises(ParleyError):
            await model.complete(MESSAGES)
        with pytest.raises(ParleyError):
            await stream(model)
    assert purse.spent.calls == 2
    assert purse.spent.tokens_in > 0


async def test_a_refused_call_costs_nothing(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"status": 429}, {"status": 500})
    with metered(purse := Purse()):
        with pytest.raises(ParleyError):
            await model.complete(MESSAGES)
        with pytest.raises(ParleyError):
            await stream(model)
    assert purse.spent.calls == 0


@pytest.mark.parametrize("rule", [{"gate": "held"}, {"gate": "held", "pause_after": 2}])
async def test_a_call_that_is_cancelled_is_counted(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any]
) -> None:
    await scripted.script(rule)
    with metered(purse := Purse()):
        call = asyncio.create_task(stream(model))
    await scripted.gate("held", waiting=1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert purse.spent.calls == 1
