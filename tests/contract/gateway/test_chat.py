"""`/api/chat`: answered, streamed, stopped, listed, deleted, and never somebody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.contract.gateway.chatting import ANSWER, SOURCE, ChatWorker, answered, ask, messages, working
from tests.contract.gateway.conftest import Gateway, StartGateway

from parley_gateway.settings import GatewaySettings


@pytest.fixture
def settings(tmp_path: Path) -> GatewaySettings:
    """What is different on servers is tested with conversations."""
    return GatewaySettings(data=tmp_path / "data", cancel_wait=5.0)


@pytest.fixture
async def chatter(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ChatWorker]:
    async with working(settings) as worker:
        yield worker


async def test_the_whole_answer_is_waited_for(gateway: Gateway, chatter: ChatWorker) -> None:
    answer = await answered(gateway, chatter, "What is the revenue?")
    assert (answer["answer"], answer["chat_context_used"], answer["mode"]) == (ANSWER, False, "model")
    assert {name: answer["sources"][0][name] for name in SOURCE} == SOURCE
    assert UUID(answer["conversation_id"])
    assert chatter.named("start", answer["job_id"])[0]["input"]["conversation"] == answer["conversation_id"]


async def test_what_takes_too_long_is_named_and_can_be_followed(start_gateway: StartGateway) -> None:
    gateway = await start_gateway(chat_wait=0.05)
    response = await ask(gateway, "Slow?")
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{response.json()['job_id']}"
    hurried = await ask(gateway, "Hurry", headers={"Prefer": "respond-async"})
    assert (hurried.status_code, hurried.json()["status"]) == (202, "processing")


async def test_the_same_key_gets_the_same_answer_and_asks_once(gateway: Gateway, chatter: ChatWorker) -> None:
    key = {"Idempotency-Key": "once"}
    asking = asyncio.create_task(ask(gateway, "What is the revenue?", headers=key))
    await chatter.answer("What is the revenue?")
    first, again = await asking, await ask(gateway, "What is the revenue?", headers=key)
    assert first.json() == again.json()
    assert len([name for name, _ in chatter.commands if name == "start"]) == 1


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_the_same_answer_streams(gateway: Gateway, chatter: ChatWorker) -> None:
    body, accept = {"query": "What is the revenue?"}, {"Accept": "text/event-stream"}
    async with gateway.http.stream("POST", "/api/chat/", json=body, headers=accept) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = events(response)
        name, accepted = await anext(stream)
        await chatter.answer("What is the revenue?", "Revenue ", "was $5M ")
        heard = [(each, data) async for each, data in stream]
    assert name == "accepted"
    assert "".join(data["delta"] for each, data in heard if each == "delta") == ANSWER
    assert [each for each, _ in heard][-2:] == ["sources", "done"]
    assert heard[-2][1]["sources"][0]["quote"] == "Revenue was $5M."
    assert (heard[-1][1]["answer"], heard[-1][1]["job_id"]) == (ANSWER, accepted["job_id"])


async def test_an_answer_that_was_revised_is_streamed_anew(gateway: Gateway, chatter: ChatWorker) -> None:
    body, accept = {"query": "What is the revenue?"}, {"Accept": "text/event-stream"}
    async with gateway.http.stream("POST", "/api/chat/", json=body, headers=accept) as response:
        stream = events(response)
        await anext(stream)
        await chatter.answer("What is the revenue?", f"{ANSWER} It doubled.", left_out=["It doubled."], revised=True)
        heard = [(each, data) async for each, data in stream]
    last = max(at for at, (each, _) in enumerate(heard) if each == "restart")
    assert "".join(data["delta"] for each, data in heard[last:] if each == "delta") == ANSWER
    assert heard[-1][1]["left_out"] == ["It doubled."]


async def test_a_stopped_answer_is_kept_as_far_as_it_came(gateway: Gateway, chatter: ChatWorker) -> None:
    asking = asyncio.create_task(ask(gateway, "Stop me"))
    job = await chatter.asked("Stop me")
    await chatter.start(job)
    await chatter.emit(job, "job.cancelled", 3, partial={"text": "Revenue was", "sources": [SOURCE]})
    response = await asking
    assert (response.status_code, response.json()["code"]) == (409, "answer_stopped")
    assert response.json()["partial"] == "Revenue was"
    conversation = (await gateway.job(job))["input"]["conversation"]
    said = await messages(gateway, conversation)
    assert [(each["role"], each["content"], each["status"]) for each in said] == [
        ("user", "Stop me", "cancelled"),
        ("assistant", "Revenue was", "cancelled"),
    ]
    assert said[1]["sources"][0]["quote"] == SOURCE["quote"]


async def test_a_failed_answer_is_a_problem_with_its_reason(gateway: Gateway, chatter: ChatWorker) -> None:
    asking = asyncio.create_task(ask(gateway, "Fail"))
    job = await chatter.asked("Fail")
    await chatter.start(job)
    problem = {"code": "model_auth", "title": "PermanentError", "detail": "The model's key was refused."}
    await chatter.emit(job, "job.failed", 3, problem=problem)
    response = await asking
    assert (response.status_code, response.json()["code"]) == (502, "model_auth")


async def test_an_unknown_conversation_is_not_found(gateway: Gateway) -> None:
    assert (await ask(gateway, "Hello?", str(uuid4()))).status_code == 404
    assert (await gateway.http.post("/api/chat", json={"query": "  "})).status_code == 422
