"""An object that fits its schema, from endpoints of every ability."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel, Field

from parley_common.errors import ParleyError, PermanentError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.testing.model_server.scripted import ScriptedModel

MESSAGES = prompt("Find what is missing.", task="a song")
FITTING = {"tone": "dry", "hints": [{"text": "more sea"}], "note": None}


class Hint(BaseModel):
    text: str


class Gaps(BaseModel):
    tone: str = Field(min_length=1)
    hints: list[Hint]
    note: str | None = None


class Other(BaseModel):
    free: dict[str, int]


WANTED = Gaps(tone="dry", hints=[Hint(text="more sea")])


def refusing(form: str) -> dict[str, Any]:
    error = {"message": f"'response_format.type' {form} is not supported", "param": "response_format"}
    return {"format": form, "status": 400, "error": error, "times": None, "name": form}


def formats(calls: list[Any]) -> list[str]:
    return [call.body.get("response_format", {}).get("type", "text") for call in calls]


async def test_the_schema_is_sent_in_the_strict_dialect(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"value": FITTING, "schema_name": "Gaps"})
    assert await model.structured(MESSAGES, Gaps) == WANTED
    (call,) = (await scripted.meter()).calls
    sent = call.body["response_format"]["json_schema"]
    assert (sent["name"], sent["strict"]) == ("Gaps", True)
    for part in (sent["schema"], sent["schema"]["$defs"]["Hint"]):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


async def test_an_endpoint_without_schemas_is_asked_for_json(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script(refusing("json_schema"), {"value": FITTING, "times": None})
    for _ in range(3):
        assert await model.structured(MESSAGES, Gaps) == WANTED
    calls = (await scripted.meter()).calls
    assert formats(calls) == ["json_schema", "json_object", "json_object", "json_object"]
    assert '"hints"' in calls[-1].body["messages"][0]["content"]


async def test_an_endpoint_without_any_json_mode_is_asked_in_words(model: OpenAIModel, scripted: ScriptedModel) -> None:
    fenced = {"value": FITTING, "before": "Here you are:\n```json\n", "after": "\n```", "times": None}
    await scripted.script(refusing("json_schema"), refusing("json_object"), fenced)
    for _ in range(2):
        assert await model.structured(MESSAGES, Gaps) == WANTED
    calls = (await scripted.meter()).calls
    assert formats(calls) == ["json_schema", "json_object", "text", "text"]
    assert '"hints"' in calls[-1].body["messages"][0]["content"]
    assert [message["role"] for message in calls[-1].body["messages"]] == ["system", "user"]


async def test_calls_refused_side_by_side_step_down_once(model: OpenAIModel, scripted: ScriptedModel) -> None:
    held = {**refusing("json_schema"), "gate": "held"}
    await scripted.script(held, {"value": FITTING, "times": None})
    calls = [asyncio.create_task(model.structured(MESSAGES, Gaps)) for _ in range(5)]
    await scripted.gate("held", waiting=5)
    await scripted.open("held")
    assert await asyncio.gather(*calls) == [WANTED] * 5
    assert sorted(formats((await scripted.meter()).calls)) == ["json_object"] * 5 + ["json_schema"] * 5


async def test_one_schema_that_is_refused_leaves_the_others_alone(model: OpenAIModel, scripted: ScriptedModel) -> None:
    error = {"message": "Invalid schema for response_format 'Other': …", "param": "response_format"}
    await scripted.script(
        {"schema_name": "Other", "status": 400, "error": error},
        {"format": "json_object", "value": {"free": {"a": 1}}},
        {"value": FITTING},
    )
    assert await model.structured(MESSAGES, Other) == Other(free={"a": 1})
    assert await model.structured(MESSAGES, Gaps) == WANTED
    assert formats((await scripted.meter()).calls) == ["json_schema", "json_object", "json_schema"]


async def test_an_endpoint_that_ignores_the_format_is_repaired_once_and_remembered(
    model: OpenAIModel, scripted: ScriptedModel
) -> None:
    await scripted.script({"text": "Something is missing."}, {"value": FITTING, "times": None})
    for _ in range(2):
        assert await model.structured(MESSAGES, Gaps) == WANTED
    assert formats((await scripted.meter()).calls) == ["json_schema", "json_object", "json_object"]


async def test_another_bad_request_is_not_taken_for_a_missing_ability(
    model: OpenAIModel, scripted: ScriptedModel
) -> None:
    await scripted.script({"status": 400, "error": {"message": "no", "param": "messages"}})
    with pytest.raises(PermanentError) as raised:
        await model.structured(MESSAGES, Gaps)
    assert raised.value.code == "model_rejected"
    assert (await scripted.meter()).started == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"value": {"tone": "", "hints": []}}, "tone: String should have at least 1 character"),
        ({"value": {"hints": []}}, "tone: Field required"),
        ({"value": FITTING, "cut_at": 12}, "it was cut off at the token limit"),
        ({"text": '{"tone": "dry",}'}, "it holds no complete JSON object"),
        ({"text": "Nothing is missing."}, "it holds no complete JSON object"),
        ({"text": ""}, "it was empty"),
    ],
)
async def test_a_misfit_is_repaired_with_its_reason(
    model: OpenAIModel, scripted: ScriptedModel, bad: dict[str, Any], reason: str
) -> None:
    await scripted.script(bad, {"value": FITTING})
    assert await model.structured(MESSAGES, Gaps) == WANTED
    repair = (await scripted.meter()).calls[1].body["messages"]
    assert repair[-1]["role"] == "user"
    assert reason in repair[-1]["content"]
    assert all(message["content"] for message in repair)


async def test_a_second_misfit_fails_with_the_reason_and_no_third_call(
    model: OpenAIModel, scripted: ScriptedModel
) -> None:
    await scripted.script({"value": {"hints": []}, "times": None})
    with pytest.raises(PermanentError, match="tone: Field required") as raised:
        await model.structured(MESSAGES, Gaps)
    assert raised.value.code == "model_output_invalid"
    assert (await scripted.meter()).finished == 2


@pytest.mark.parametrize("wrapping", [{"before": "<think>{a}</think>\n"}, {"after": "\nAnything else?"}])
@pytest.mark.parametrize("usage", [True, False])
async def test_wrapping_costs_no_second_call(
    model: OpenAIModel, scripted: ScriptedModel, wrapping: dict[str, Any], usage: bool
) -> None:
    await scripted.script({"value": FITTING, "usage": usage, **wrapping})
    assert await model.structured(MESSAGES, Gaps) == WANTED
    assert (await scripted.meter()).started == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"refusal": "No."}, "model_refused"),
        ({"status": 500}, "model_unavailable"),
        ({"status": 429}, "model_rate_limited"),
        ({"raw": "oops"}, "model_unreadable"),
    ],
)
async def test_what_no_repair_can_help_is_not_repaired(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any], code: str
) -> None:
    await scripted.script(rule)
    with pytest.raises(ParleyError) as raised:
        await model.structured(MESSAGES, Gaps)
    assert raised.value.code == code
    assert (await scripted.meter()).started == 1
