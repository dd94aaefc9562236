"""OpenAI's protocol over the chat, spoken by OpenAI's own client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest
from tests.contract.gateway.chatting import ANSWER, ChatWorker, working
from tests.contract.gateway.conftest import Gateway, StartGateway

from parley_gateway.settings import GatewaySettings


@pytest.fixture
def settings(tmp_path: Path) -> GatewaySettings:
    """The databases and brokers behind are those of `/api/chat`, tested there."""
    return GatewaySettings(data=tmp_path / "data")


@pytest.fixture
async def chatter(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ChatWorker]:
    async with working(settings) as worker:
        yield worker


def client(gateway: Gateway, key: str = "unused") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"http://{gateway.address}/v1", api_key=key, max_retries=0)


SAID: list[Any] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": [{"type": "text", "text": "What is the revenue?"}]},
]


async def test_openais_own_client_gets_an_answer(gateway: Gateway, chatter: ChatWorker) -> None:
    async with client(gateway) as ai:
        asking = asyncio.create_task(ai.chat.completions.create(model="parley", messages=SAID, temperature=0))
        job = await chatter.answer("What is the revenue?")
        completion = await asking
    choice = completion.choices[0]
    assert (choice.message.content, choice.finish_reason, completion.model) == (ANSWER, "stop", "parley")
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.total_tokens) == (30, 42)
    assert completion.model_extra is not None
    assert completion.model_extra["parley"]["sources"][0]["filename"] == "q3.pdf"
    given = chatter.named("start", job)[0]["input"]
    assert [each["content"] for each in given["history"]] == ["Hello", "Hello!"]
    assert given["conversation"] is None


async def test_openais_own_client_gets_a_stream(gateway: Gateway, chatter: ChatWorker) -> None:
    async with client(gateway) as ai:
        stream = await ai.chat.completions.create(
            model="parley", messages=SAID, stream=True, stream_options={"include_usage": True}
        )
        answering = asyncio.create_task(chatter.answer("What is the revenue?", "Revenue ", "was "))
        chunks = [chunk async for chunk in stream]
        await answering
    said = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(each.delta.content or "" for each in said) == ANSWER
    assert (said[0].delta.role, said[-1].finish_reason) == ("assistant", "stop")
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 12
    assert len({chunk.id for chunk in chunks}) == 1


async def test_what_was_taken_out_of_an_answer_after_it_was_streamed_is_corrected(
    gateway: Gateway, chatter: ChatWorker
) -> None:
    async with client(gateway) as ai:
        stream = await ai.chat.completions.create(model="parley", messages=SAID, stream=True)
        written = f"{ANSWER} It doubled."
        revised: dict[str, Any] = {"left_out": ["- It doubled."], "revised": True}
        answering = asyncio.create_task(chatter.answer("What is the revenue?", written, **revised))
        chunks = [chunk async for chunk in stream]
        await answering
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == f"{written}\n\nCorrection: your documents do not say this.\n- It doubled."
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra is not None
    assert chunks[-1].model_extra["parley"]["answer"] == ANSWER


async def test_a_stream_that_fails_raises_in_openais_client(gateway: Gateway, chatter: ChatWorker) -> None:
    async with client(gateway) as ai:
        stream = await ai.chat.completions.create(model="parley", messages=SAID, stream=True)
        job = await chatter.asked("What is the revenue?")
        await chatter.start(job)
        problem = {"code": "model_auth", "title": "PermanentError", "detail": "The model's key was refused."}
        await chatter.emit(job, "job.failed", 3, problem=problem)
        with pytest.raises(openai.APIError, match="key was refused"):
            async for _ in stream:
                pass


async def test_models_are_listed_and_an_unknown_one_is_not_there(gateway: Gateway) -> None:
    async with client(gateway) as ai:
        assert [model.id async for model in ai.models.list()] == ["parley"]
        assert (await ai.models.retrieve("parley")).owned_by == "parley"
        with pytest.raises(openai.NotFoundError) as unknown:
            await ai.chat.completions.create(model="gpt-9", messages=SAID)
    assert (unknown.value.code, unknown.value.type) == ("model_not_found", "invalid_request_error")


@pytest.mark.parametrize(
    ("messages", "code"),
    [([], "invalid_request"), ([SAID[0]], "invalid_messages"), ([SAID[1], SAID[2]], "invalid_messages")],
)
async def test_bad_requests_are_told_in_openais_shape(gateway: Gateway, messages: list[Any], code: str) -> None:
    async with client(gateway) as ai:
        with pytest.raises(openai.BadRequestError) as refused:
            await ai.chat.completions.create(model="parley", messages=messages)
    assert refused.value.code == code


async def test_without_a_token_openais_client_is_told_so(start_gateway: StartGateway) -> None:
    gateway = await start_gateway(auth="jwt")
    async with client(gateway) as ai:
        with pytest.raises(openai.AuthenticationError):
            await ai.models.list()
