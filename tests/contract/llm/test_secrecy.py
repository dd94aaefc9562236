"""Neither the key nor the prompt gets into an error, a log line or a trace, whatever the endpoint says."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel

from parley_common.errors import ParleyError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.testing.model_server.scripted import ScriptedModel

KEY = "sk-very-secret-key"
PROMPT = "my private diary"
MESSAGES = prompt("Rewrite.", diary=PROMPT)
TELLTALE = {"message": f"Incorrect key {KEY} for {PROMPT}", "code": KEY, "type": PROMPT, "param": PROMPT}


class Page(BaseModel):
    day: int


async def stream(model: OpenAIModel) -> None:
    async with model.stream(MESSAGES) as deltas:
        async for _ in deltas:
            pass


ASKING: dict[str, Callable[[OpenAIModel], Awaitable[object]]] = {
    "complete": lambda model: model.complete(MESSAGES),
    "stream": stream,
    "structured": lambda model: model.structured(MESSAGES, Page),
}


@pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize(
    "rule",
    [
        *[{"status": status, "error": TELLTALE} for status in (400, 401, 403, 404, 413, 429, 500, 503)],
        {"raw": f"<html>{KEY} {PROMPT}"},
        {"raw": f'data: {{"error": {{"message": "{KEY} {PROMPT}"}}}}\n\n'},
        {"text": f"{KEY} {PROMPT}", "break_after": 2},
        {"refusal": f"I cannot read {KEY} or {PROMPT}."},
        {"value": {"day": f"{KEY} {PROMPT}"}, "finish": "length", "times": None},
        {"value": {"day": f"{KEY} {PROMPT}"}, "times": None, "stream": False, "usage": False},
    ],
)
async def test_nothing_is_given_away(
    model: OpenAIModel,
    scripted: ScriptedModel,
    spans: InMemorySpanExporter,
    caplog: pytest.LogCaptureFixture,
    rule: dict[str, Any],
    asking: Callable[[OpenAIModel], Awaitable[object]],
) -> None:
    caplog.set_level(logging.DEBUG)
    await scripted.script(rule)
    error: BaseException | None = None
    try:
        await asking(model)
    except ParleyError as raised:
        error = raised
    told = [caplog.text, *(span.to_json() for span in spans.get_finished_spans())]
    if error:
        told += [repr(error), *traceback.format_exception(error)]
    assert not [text for text in told if KEY in text or PROMPT in text]
    (call, *_) = (await scripted.meter()).calls
    assert call.headers["authorization"] == f"Bearer {KEY}"
