"""An answer as it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.testing.model_server.scripted import ScriptedModel

Connect = Callable[..., OpenAIModel]
MESSAGES = prompt("Rewrite.", task="a song")
TEXT = "Schreibe ein Lied über das Meer 🌊, in drei Strophen.\n"


async def read(model: OpenAIModel, deltas: list[str]) -> str:
    async with model.stream(MESSAGES) as stream:
        async for delta in stream:
            deltas.append(delta)
        return stream.reply.text


@pytest.mark.parametrize("chunk", [1, 3, 1000])
async def test_the_deltas_are_the_text(model: OpenAIModel, scripted: ScriptedModel, chunk: int) -> None:
    await scripted.script({"text": TEXT, "chunk": chunk})
    deltas: list[str] = []
    assert await read(model, deltas) == "".join(deltas) == TEXT
    assert len(deltas) == -(-len(TEXT) // chunk)


async def test_streamed_and_whole_answers_are_the_same(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": TEXT, "before": "\n<think>a\nb</think>\n", "chunk": 2, "times": 2})
    assert await read(model, []) == (await model.complete(MESSAGES)).text == TEXT


async def test_the_final_reply_holds_model_and_usage(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "Sing about the sea."})
    async with model.stream(MESSAGES) as stream:
        async for _ in stream:
            with pytest.raises(RuntimeError):
                _ = stream.reply
        assert (stream.reply.model, stream.reply.usage.calls, stream.reply.usage.tokens_out) == ("test-model", 1, 5)


async def test_a_delta_is_passed_on_before_the_next_exists(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "Sing about", "chunk": 5, "gate": "second", "pause_after": 2})
    async with model.stream(MESSAGES) as stream:
        deltas = aiter(stream)
        assert await anext(deltas) == "Sing "
        await scripted.gate("second", waiting=1)
        await scripted.open("second")
        assert [delta async for delta in deltas] == ["about"]


async def test_a_slow_stream_is_not_a_stalled_one(connect: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"text": TEXT, "chunk": 4, "delay": 0.1})
    assert await read(connect(idle_timeout=1.0), []) == TEXT


async def test_leaving_early_closes_the_connection(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": TEXT, "gate": "held", "pause_after": 3})
    async with model.stream(MESSAGES) as stream:
        async for _ in stream:
            break
    assert (await scripted.meter(aborted=1)).finished == 0


async def test_cancelling_the_reader_closes_the_connection(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": TEXT, "gate": "held", "pause_after": 3})
    deltas: list[str] = []
    reading = asyncio.create_task(read(model, deltas))
    await scripted.gate("held", waiting=1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (await scripted.meter(aborted=1)).finished == 0


async def test_an_error_of_the_readers_own_passes_unchanged(model: OpenAIModel) -> None:
    async def stumble() -> None:
        async with model.stream(MESSAGES) as stream:
            async for _ in stream:
                raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await stumble()


@pytest.mark.parametrize(
    ("rule", "code", "kind"),
    [
        ({"text": TEXT, "break_after": 3}, "model_unavailable", RetryableError),
        ({"text": TEXT, "finish": None}, "model_unavailable", RetryableError),
        ({"text": TEXT, "break_after": 3, "error": {"message": "overloaded"}}, "model_unavailable", RetryableError),
        ({"text": TEXT, "cut_at": 9}, "model_output_truncated", PermanentError),
    ],
)
async def test_a_bad_ending_is_raised_after_the_deltas(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any], code: str, kind: type[ParleyError]
) -> None:
    await scripted.script(rule)
    deltas: list[str] = []
    with pytest.raises(kind) as raised:
        await read(model, deltas)
    assert raised.value.code == code
    assert TEXT.startswith("".join(deltas))
    assert deltas


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"text": ""}, "model_output_empty"),
        ({"refusal": "No."}, "model_refused"),
        ({"raw": "data: {oops\n\n"}, "model_unavailable"),
        ({"raw": 'data: {"choices": "x"}\n\n'}, "model_unavailable"),
        ({"raw": "<html>not here</html>"}, "model_unavailable"),
        ({"status": 500}, "model_unavailable"),
        ({"status": 429}, "model_rate_limited"),
        ({"status": 401}, "model_auth"),
    ],
)
async def test_a_stream_without_text_is_a_clear_error(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any], code: str
) -> None:
    await scripted.script(rule)
    with pytest.raises(ParleyError) as raised:
        await read(model, [])
    assert raised.value.code == code


@pytest.mark.parametrize("pause_after", [0, 3])
@pytest.mark.parametrize("limit", ["idle_timeout", "timeout"])
async def test_a_stalled_stream_times_out(
    connect: Connect, scripted: ScriptedModel, pause_after: int, limit: str
) -> None:
    await scripted.script({"text": TEXT, "stall": True, "pause_after": pause_after})
    with pytest.raises(RetryableError) as raised:
        await read(connect(**{limit: 0.3}), [])
    assert raised.value.code == "model_timeout"
    assert (await scripted.meter(aborted=1)).finished == 0


async def test_an_endpoint_that_cannot_report_usage_is_asked_without_it(
    model: OpenAIModel, scripted: ScriptedModel
) -> None:
    await scripted.script({"status": 400, "error": {"message": "Unrecognized argument: stream_options"}})
    for _ in range(2):
        await read(model, [])
    assert ["stream_options" in call.body for call in (await scripted.meter()).calls] == [True, False, False]
