"""A model that misbehaves: the job recovers, or fails with a clear reason; it never hangs and never makes things up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from support.scripts import FORGETFUL, REWRITTEN, Rule, find_gaps, repair, rewrite
from support.system import QUICK, Embedded
from support.visitor import Visitor

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving

IMPATIENT = {
    "PARLEY_MODEL_TIMEOUT": "3",
    "PARLEY_MODEL_IDLE_TIMEOUT": "0.5",
    "PARLEY_STEP_ATTEMPTS": "2",
    "PARLEY_STEP_BACKOFF": "0.05",
    "PARLEY_STEP_BACKOFF_MAX": "1",
}
# Needs no question, so that a job runs through by itself; in whatever format it is asked.
GAPS = find_gaps(question=None, format=None, stream=False)
VALUE: dict[str, Any] = GAPS["value"]


@pytest.fixture(scope="module")
def model_address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def modelled(model_address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """An embedded system with the scripted model, and little patience with it."""
    env = QUICK | IMPATIENT | {"OPENAI_BASE_URL": f"{model_address}/v1"}
    async with Embedded(tmp_path_factory.mktemp("modelled"), env) as running:
        yield running


@pytest_asyncio.fixture
async def model(model_address: str) -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel(model_address) as model:
        await model.reset()
        yield model
        await model.reset()


@pytest_asyncio.fixture
async def visitor(modelled: Embedded) -> AsyncIterator[Visitor]:
    async with Visitor(modelled.url) as visitor:
        yield visitor
        await visitor.assert_well()


def gaps(**behaviour: Any) -> Rule:
    """What the first call does once; with neither text nor value it does it to the usual answer."""
    told = {} if behaviour.keys() & {"text", "value", "raw"} else {"value": VALUE}
    return {"name": "odd", "stream": False, **told, **behaviour}


RECOVERED: dict[str, list[Rule]] = {
    "fenced": [gaps(before="```json\n", after="\n```")],
    "wrapped in prose": [gaps(before="Sure! Here it is:\n", after="\nAnything else?")],
    "behind its thoughts": [gaps(before='<think>Could be {"missing": 1}.</think>\n')],
    "prose at first": [gaps(text="I would say the audience is missing.")],
    "nothing at first": [gaps(text="")],
    "cut off at first": [gaps(cut_at=20)],
    "another shape at first": [gaps(value={"gaps": 7})],
    "list at first": [gaps(value=[])],
    "no usage told": [gaps(usage=False)],
    "over its rate limit at first": [gaps(status=429, retry_after="0.2")],
    "rate limit with nonsense": [gaps(status=429, retry_after="soon")],
    "broken at first": [gaps(status=500)],
    "away at first": [gaps(status=503)],
    "silent at first": [gaps(stall=True)],
    "gone in the middle at first": [gaps(break_after=0)],
    "rewrite broken off at first": [{"name": "odd", "stream": True, "text": REWRITTEN, "break_after": 3}],
    "rewrite stalls at first": [{"name": "odd", "stream": True, "text": REWRITTEN, "pause_after": 2, "stall": True}],
    "rewrite reports an error at first": [
        {"name": "odd", "stream": True, "text": REWRITTEN, "break_after": 2, "error": {"message": "overloaded"}}
    ],
}


@pytest.mark.parametrize("odd", RECOVERED.values(), ids=RECOVERED.keys())
async def test_job_recovers_from_a_model_that_is(visitor: Visitor, model: ScriptedModel, odd: list[Rule]) -> None:
    await model.script(*odd, GAPS, rewrite())
    job = await visitor.ended(await visitor.submit())
    assert job["status"] == "completed", job["error"]
    assert job["result"]["result"] == REWRITTEN
    assert job["mode"] == "model"


FAILED: dict[str, tuple[list[Rule], set[str]]] = {
    "always prose": ([gaps(text="No idea.", times=None)], {"model_output_invalid"}),
    "always empty": ([gaps(text="", times=None)], {"model_output_invalid"}),
    "always cut off": ([gaps(cut_at=9, times=None)], {"model_output_invalid"}),
    "always another shape": ([gaps(value={"missing": "all of it"}, times=None)], {"model_output_invalid"}),
    "not an endpoint": ([gaps(raw="<html>Welcome</html>", times=None)], {"model_unreadable"}),
    "always over its rate limit": ([gaps(status=429, retry_after="0.1", times=None)], {"model_rate_limited"}),
    "always broken": ([gaps(status=500, times=None)], {"model_unavailable"}),
    "always silent": ([gaps(stall=True, times=None)], {"model_timeout"}),
    "not ours": ([gaps(status=401, times=None)], {"model_auth"}),
    "unknown": ([gaps(status=404, times=None)], {"model_not_found"}),
    "rejecting": ([gaps(status=400, times=None)], {"model_rejected"}),
    "refusing": ([gaps(refusal="I cannot help with that.", times=None)], {"model_refused"}),
    "out of quota": ([gaps(status=429, error={"code": "insufficient_quota"}, times=None)], {"model_quota_exceeded"}),
    "empty in its rewrite": ([GAPS, rewrite("")], {"model_output_empty"}),
    "cut off in its rewrite": ([GAPS, rewrite(cut_at=12)], {"model_output_invalid", "model_output_truncated"}),
    "always gone in the middle": ([GAPS, rewrite(break_after=3)], {"model_unavailable"}),
    "always stalling in the middle": ([GAPS, rewrite(pause_after=2, stall=True)], {"model_timeout"}),
    "answering instead": ([GAPS, rewrite("Lovely boots, 129 EUR. Buy them now!")], {"model_answered"}),
}


@pytest.mark.parametrize(("odd", "codes"), FAILED.values(), ids=FAILED.keys())
async def test_job_fails_with_a_reason_when_its_model_is(
    visitor: Visitor, model: ScriptedModel, odd: list[Rule], codes: set[str]
) -> None:
    await model.script(*odd)
    job = await visitor.submit()
    async with visitor.enhancement(job) as socket:
        told = (await socket.to_the_end())[-1]
    assert told["type"] == "task_error"
    assert told["code"] in codes
    snapshot = await visitor.job(job)
    assert (snapshot["status"], snapshot["error"]["code"]) == ("failed", told["code"])
    assert snapshot["error"]["detail"] == told["error"]
    assert snapshot["result"] is None
    assert "Traceback" not in str(snapshot)


async def test_answer_instead_of_a_prompt_is_repaired(visitor: Visitor, model: ScriptedModel) -> None:
    await model.script(GAPS, repair(REWRITTEN), rewrite("Lovely boots for lovely feet. Buy them now!"))
    job = await visitor.ended(await visitor.submit())
    assert job["result"]["result"] == REWRITTEN
    assert (await model.meter()).started == 3


async def test_what_even_the_repair_loses_is_named(visitor: Visitor, model: ScriptedModel) -> None:
    await model.script(GAPS, repair(FORGETFUL), rewrite(FORGETFUL))
    job = await visitor.ended(await visitor.submit("write about our new hiking boots, 129 EUR"))
    assert job["status"] == "completed"
    assert "129" in str(job["result"]["lost"])


async def test_model_that_asks_with_control_characters_asks_plainly(visitor: Visitor, model: ScriptedModel) -> None:
    await model.script(find_gaps(question="Who\u0000 is \u001b[31mit for?", format=None, stream=False), rewrite())
    job = await visitor.submit()
    snapshot = await visitor.until(job, "waiting", "failed")
    if snapshot["status"] == "waiting":
        assert "\0" not in snapshot["question"]["prompt"]
        await visitor.decline(job)


async def test_budget_of_one_call_ends_the_job_after_one(visitor: Visitor, model: ScriptedModel) -> None:
    await model.script(GAPS, rewrite())
    job = await visitor.ended(await visitor.submit(budget={"calls": 1}))
    assert (job["status"], job["error"]["code"]) == ("failed", "budget_exceeded")
    assert job["usage"]["calls"] == 1
    assert (await model.meter()).started == 1


async def test_budget_of_tokens_ends_the_job_when_they_are_spent(visitor: Visitor, model: ScriptedModel) -> None:
    await model.script(GAPS, rewrite())
    job = await visitor.ended(await visitor.submit(budget={"tokens": 5}))
    assert job["error"]["code"] == "budget_exceeded"
    assert (await model.meter()).started == 1
