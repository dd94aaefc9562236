"""A whole answer, or an error that says why there is none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.testing.model_server.scripted import ScriptedModel

Connect = Callable[..., OpenAIModel]
MESSAGES = prompt("Rewrite.", task="a song")


async def failure_of(model: OpenAIModel) -> ParleyError:
    with pytest.raises(ParleyError) as raised:
        await model.complete(MESSAGES)
    return raised.value


async def test_an_answer_comes_with_its_model_and_tokens(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "Sing about the sea."})
    reply = await model.complete(MESSAGES)
    assert (reply.text, reply.model) == ("Sing about the sea.", "test-model")
    assert (reply.usage.calls, reply.usage.tokens_out, reply.usage.cost) == (1, 5, None)
    assert reply.usage.tokens_in > 0


async def test_cost_is_known_when_both_prices_are(connect: Connect) -> None:
    reply = await connect(price_in=2, price_out=10).complete(MESSAGES)
    assert reply.usage.cost == pytest.approx((reply.usage.tokens_in * 2 + reply.usage.tokens_out * 10) / 1e6)
    assert (await connect(price_in=2).complete(MESSAGES)).usage.cost is None


async def test_unreported_usage_counts_the_call_and_claims_no_tokens(connect: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"usage": False})
    usage = (await connect(price_in=2, price_out=10).complete(MESSAGES)).usage
    assert (usage.calls, usage.tokens_in, usage.tokens_out, usage.cost) == (1, 0, 0, None)


async def test_thinking_is_not_part_of_the_answer(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "Sing.", "before": "<think>A song …</think>\n\n"})
    assert (await model.complete(MESSAGES)).text == "Sing."


async def test_nul_characters_are_dropped(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"text": "Si\x00ng."})
    assert (await model.complete(MESSAGES)).text == "Sing."


@pytest.mark.parametrize(
    ("rule", "code", "kind"),
    [
        ({"text": "Sing about", "cut_at": 4}, "model_output_truncated", PermanentError),
        ({"text": ""}, "model_output_empty", RetryableError),
        ({"text": " \n"}, "model_output_empty", RetryableError),
        ({"text": "<think>all of it</think>"}, "model_output_empty", RetryableError),
        ({"refusal": "No."}, "model_refused", PermanentError),
        ({"text": "", "finish": "content_filter"}, "model_refused", PermanentError),
        ({"raw": "<html>not here</html>"}, "model_unreadable", PermanentError),
        ({"raw": '{"choices": []}'}, "model_unreadable", PermanentError),
        ({"break_after": 0}, "model_unavailable", RetryableError),
        ({"status": 500}, "model_unavailable", RetryableError),
        ({"status": 401}, "model_auth", PermanentError),
        ({"status": 404}, "model_not_found", PermanentError),
        ({"status": 400}, "model_rejected", PermanentError),
        ({"status": 400, "error": {"code": "context_length_exceeded"}}, "model_context_exceeded", PermanentError),
        ({"status": 429, "error": {"code": "insufficient_quota"}}, "model_quota_exceeded", PermanentError),
    ],
)
async def test_a_bad_answer_is_a_clear_error_after_one_call(
    model: OpenAIModel, scripted: ScriptedModel, rule: dict[str, Any], code: str, kind: type[ParleyError]
) -> None:
    await scripted.script(rule)
    error = await failure_of(model)
    assert (error.code, type(error)) == (code, kind)
    assert (await scripted.meter()).started == 1


async def test_a_rate_limit_tells_how_long_to_wait(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"status": 429, "retry_after": "7"})
    error = await failure_of(model)
    assert isinstance(error, RetryableError)
    assert (error.code, error.retry_after) == ("model_rate_limited", 7)


async def test_a_stall_ends_at_the_timeout_and_frees_the_connection(connect: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"stall": True})
    assert (await failure_of(connect(timeout=0.2))).code == "model_timeout"
    assert (await scripted.meter(aborted=1)).finished == 0


async def test_an_endpoint_that_is_not_there_is_unavailable(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = await failure_of(connect(base_url=f"http://127.0.0.1:{port}/v1"))
    assert (error.code, isinstance(error, RetryableError)) == ("model_unavailable", True)


async def test_cancelling_a_call_closes_its_connection(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"gate": "held"})
    call = asyncio.create_task(model.complete(MESSAGES))
    await scripted.gate("held", waiting=1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await scripted.meter(aborted=1)).finished == 0


async def test_calls_run_side_by_side(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await scripted.script({"gate": "held", "times": None})
    calls = [asyncio.create_task(model.complete(prompt("Echo.", number=number))) for number in range(50)]
    await scripted.gate("held", waiting=50)
    await scripted.open("held")
    replies = await asyncio.gather(*calls)
    assert [f"number: {number}" in reply.text for number, reply in enumerate(replies)] == [True] * 50
    assert (await scripted.meter()).peak == 50


async def test_the_output_limit_is_asked_for_in_the_endpoints_own_words(
    connect: Connect, scripted: ScriptedModel
) -> None:
    complaint = {"param": "max_tokens", "message": "Use 'max_completion_tokens' instead."}
    await scripted.script({"status": 400, "error": complaint})
    model = connect(max_output_tokens=100, temperature=0)
    await model.complete(MESSAGES)
    await model.complete(MESSAGES, max_tokens=5)
    first, again, later = (call.body for call in (await scripted.meter()).calls)
    assert (first["max_tokens"], again["max_completion_tokens"], later["max_completion_tokens"]) == (100, 100, 5)
    assert "max_tokens" not in again
    assert later["temperature"] == 0


async def test_nothing_optional_is_sent_unless_it_is_set(model: OpenAIModel, scripted: ScriptedModel) -> None:
    await model.complete(MESSAGES)
    (call,) = (await scripted.meter()).calls
    assert set(call.body) == {"model", "messages", "stream"}
