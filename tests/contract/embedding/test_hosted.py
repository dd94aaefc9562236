"""An endpoint's embeddings: metered, within its limits, checked, and failing as chat calls fail."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from parley_common.contracts.jobs import Usage
from parley_common.embedding.embedder import Embedder, EmbeddingSettings
from parley_common.embedding.tokens import Tokens
from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.metering import BudgetExceeded, add, metered
from parley_common.testing.model_server.scripted import ScriptedModel

Connect = Callable[..., Embedder]
KEY, SECRET = "sk-very-secret-key", "my private diary"


class Purse:
    """A meter that allows so many calls."""

    def __init__(self, calls: int = 100) -> None:
        self.left = calls
        self.spent = Usage()

    def check(self) -> None:
        if self.left <= 0:
            raise BudgetExceeded("No calls left.")
        self.left -= 1

    async def confirm(self) -> None:
        return None

    def charge(self, usage: Usage) -> None:
        self.spent = add(self.spent, usage)


def answer(*vectors: list[float], **usage: int) -> dict[str, Any]:
    """What the server says to the next call, word for word."""
    data = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return {"endpoint": "embeddings", "raw": json.dumps({"data": data, "usage": usage or None})}


async def test_the_step_that_asks_is_charged_what_was_read(hosted: Connect) -> None:
    with metered(purse := Purse()):
        await hosted(embedding_price=0.02, price_in=1.0, price_out=1.0).embed(["a" * 400, "b" * 400])
    assert (purse.spent.calls, purse.spent.tokens_in, purse.spent.tokens_out) == (1, 202, 0)
    assert purse.spent.cost == pytest.approx(202 * 0.02 / 1_000_000)


async def test_without_a_price_the_cost_is_unknown(hosted: Connect) -> None:
    with metered(purse := Purse()):
        await hosted(price_in=1.0, price_out=1.0).embed(["text"])
    assert purse.spent.tokens_in > 0
    assert purse.spent.cost is None


async def test_an_empty_purse_starts_no_call(hosted: Connect, scripted: ScriptedModel) -> None:
    with metered(Purse(0)), pytest.raises(BudgetExceeded):
        await hosted().embed(["text"])
    assert (await scripted.meter()).started == 0


async def test_requests_keep_the_limits_of_the_api(hosted: Connect, scripted: ScriptedModel) -> None:
    embedder = hosted(embedding_request_texts=8, embedding_request_tokens=100)
    await embedder.embed(["cat " * (number % 40) for number in range(50)])
    calls = (await scripted.meter()).calls
    assert sum(len(call.body["input"]) for call in calls) == 50
    for call in calls:
        assert len(call.body["input"]) <= 8
        assert sum(embedder.count(text) for text in call.body["input"]) <= 100


@pytest.mark.parametrize(
    ("rule", "kind", "code"),
    [
        ({"status": 429, "retry_after": "7"}, RetryableError, "model_rate_limited"),
        ({"status": 503}, RetryableError, "model_unavailable"),
        ({"break_after": 0}, RetryableError, "model_unavailable"),
        ({"status": 401}, PermanentError, "model_auth"),
        ({"status": 404}, PermanentError, "model_not_found"),
        ({"status": 400, "error": {"code": "context_length_exceeded"}}, PermanentError, "model_context_exceeded"),
        ({"status": 429, "error": {"code": "insufficient_quota"}}, PermanentError, "model_quota_exceeded"),
        ({"raw": "<html>not an endpoint"}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": []}'}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": [{"index": 1, "embedding": [1.0]}]}'}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": [{"index": 0, "embedding": []}]}'}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": [{"index": 0, "embedding": "AACAfw=="}]}'}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": [{"index": 0, "embedding": "AAA"}]}'}, PermanentError, "model_unreadable"),
        ({"raw": '{"data": [{"index": 0, "embedding": [1.0, 2.0]}]}'}, PermanentError, "embedding_dimensions"),
    ],
)
async def test_failures_say_whether_to_try_again_and_give_nothing_away(
    hosted: Connect, scripted: ScriptedModel, rule: dict[str, Any], kind: type[ParleyError], code: str
) -> None:
    telling = {"message": f"{KEY} {SECRET}", **rule.get("error", {})} if "status" in rule else None
    await scripted.script({**rule, "endpoint": "embeddings", "error": telling})
    with pytest.raises(kind) as raised:
        await hosted().embed([SECRET])
    assert raised.value.code == code
    told = "".join(traceback.format_exception(raised.value))
    assert KEY not in told
    assert SECRET not in told


async def test_an_answer_that_does_not_come_is_given_up(hosted: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"endpoint": "embeddings", "stall": True})
    with pytest.raises(RetryableError) as raised:
        await hosted(timeout=0.05).embed(["text"])
    assert raised.value.code == "model_timeout"
    await scripted.meter(aborted=1)


async def test_a_cancelled_call_leaves_the_endpoint(hosted: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"endpoint": "embeddings", "gate": "held"})
    call = asyncio.create_task(hosted().embed(["text"]))
    await scripted.gate("held", waiting=1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await scripted.meter(aborted=1)


async def test_endpoints_that_send_plain_numbers_of_any_length_are_understood(
    hosted: Connect, scripted: ScriptedModel
) -> None:
    await scripted.script(answer([3.0, 4.0]))
    embedder = hosted(embedding_model="BAAI/bge-m3")
    with pytest.raises(PermanentError, match="PARLEY_EMBEDDING_DIMENSIONS"):
        _ = embedder.dimensions
    assert await embedder.embed(["text"]) == [[pytest.approx(0.6), pytest.approx(0.8)]]
    assert (embedder.name, embedder.dimensions) == ("baai-bge-m3", 2)


async def test_a_vector_without_direction_is_refused(hosted: Connect, scripted: ScriptedModel) -> None:
    await scripted.script(answer([0.0, 0.0]))
    with pytest.raises(PermanentError, match="zeros"):
        await hosted(embedding_model="other").embed(["text"])


@pytest.mark.parametrize(("model", "asked_for"), [("text-embedding-3-large", 256), ("other", None)])
async def test_only_models_that_shorten_vectors_are_asked_to(
    hosted: Connect, scripted: ScriptedModel, model: str, asked_for: int | None
) -> None:
    await scripted.script(answer([1.0] * 256))
    embedder = hosted(embedding_model=model, embedding_dimensions=256)
    await embedder.embed(["text"])
    (call,) = (await scripted.meter()).calls
    assert call.body.get("dimensions") == asked_for
    assert embedder.dimensions == 256


async def test_a_script_for_chat_leaves_embeddings_alone(hosted: Connect, scripted: ScriptedModel) -> None:
    await scripted.script({"status": 500, "times": None})
    await hosted().embed(["text"])
    assert [call.endpoint for call in (await scripted.meter()).calls] == ["embeddings"]


@pytest.mark.parametrize(
    "text",
    [
        "Refunds are paid within fourteen days of the return, unless the goods were damaged on their way back.",
        "for (const [key, value] of Object.entries(settings)) { console.log(`${key}=${value}`); }",
        "| Region | Q1 2026 | Q2 2026 |\n| --- | ---: | ---: |\n| North | 1,204.50 | 998.13 |",
        "Die Kündigungsfrist beträgt drei Monate zum Quartalsende.",
        "Возврат денег производится в течение четырнадцати дней.",
        "返金は返品から十四日以内に行われます。",
    ],
)
def test_the_estimate_is_not_below_what_a_real_tokenizer_counts(hosted: Connect, text: str) -> None:
    assert Tokens().count(text) <= hosted().count(text) <= len(text.encode())


def test_a_model_without_an_endpoint_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ValidationError, match="OPENAI_API_KEY or OPENAI_BASE_URL"):
        EmbeddingSettings(_env_file=None, embedding_model="text-embedding-3-small")
