"""Conversations on both databases: in order, page by page, deleted, and never somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.contract.gateway.chatting import ANSWER, ChatWorker, answered, ask, messages, working
from tests.contract.gateway.conftest import Gateway, StartGateway

from parley_gateway.settings import GatewaySettings


@pytest.fixture
async def chatter(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ChatWorker]:
    async with working(settings) as worker:
        yield worker


async def test_two_questions_at_once_in_one_conversation_both_end_in_the_order_asked(
    gateway: Gateway, chatter: ChatWorker
) -> None:
    conversation = (await answered(gateway, chatter, "First?"))["conversation_id"]
    second = asyncio.create_task(ask(gateway, "Second?", conversation))
    await chatter.asked("Second?")
    third = asyncio.create_task(ask(gateway, "Third?", conversation))
    await chatter.asked("Third?")
    await chatter.answer("Third?", text="Three.")
    await chatter.answer("Second?", text="Two.")
    assert [(await each).json()["answer"] for each in (second, third)] == ["Two.", "Three."]
    said = await messages(gateway, conversation)
    assert [each["content"] for each in said] == ["First?", ANSWER, "Second?", "Two.", "Third?", "Three."]
    assert said[1]["sources"][0]["filename"] == "q3.pdf"
    assert [(each["found"], each["mode"]) for each in said[:2]] == [(None, None), (True, "model")]


async def test_conversations_and_their_messages_are_listed_page_by_page(gateway: Gateway, chatter: ChatWorker) -> None:
    older = (await answered(gateway, chatter, "Older?"))["conversation_id"]
    newer = (await answered(gateway, chatter, "Newer?"))["conversation_id"]
    await answered(gateway, chatter, "More?", older)
    first = (await gateway.http.get("/api/chat/conversations", params={"limit": 1})).json()
    assert [each["conversation_id"] for each in first["conversations"]] == [newer]
    page = {"limit": 1, "cursor": first["next_cursor"]}
    rest = (await gateway.http.get("/api/chat/conversations", params=page)).json()
    assert [(each["conversation_id"], each["title"]) for each in rest["conversations"]] == [(older, "Older?")]
    newest = (await gateway.http.get(f"/api/chat/conversations/{older}", params={"limit": 1})).json()
    assert [each["content"] for each in newest["messages"]] == ["More?", ANSWER]
    before = {"limit": 1, "cursor": newest["next_cursor"]}
    oldest = (await gateway.http.get(f"/api/chat/conversations/{older}", params=before)).json()
    assert ([each["content"] for each in oldest["messages"]], oldest["next_cursor"]) == (["Older?", ANSWER], None)


async def test_a_deleted_conversation_is_gone_at_once_and_a_job_removes_its_traces(
    gateway: Gateway, chatter: ChatWorker
) -> None:
    conversation = (await answered(gateway, chatter, "Secret?"))["conversation_id"]
    pending = asyncio.create_task(ask(gateway, "Still running?", conversation))
    running = await chatter.asked("Still running?")
    response = await gateway.http.delete(f"/api/chat/conversations/{conversation}")
    assert response.status_code == 204
    job = response.headers["Location"].rpartition("/")[2]
    assert (await chatter.command("forget", job))["input"] == {"conversation": conversation}
    await chatter.command("cancel", running)
    await chatter.emit(running, "job.cancelled", 2, partial=None)
    assert (await pending).status_code == 409
    assert (await gateway.http.get(f"/api/chat/conversations/{conversation}")).status_code == 404
    assert (await gateway.http.delete(f"/api/chat/conversations/{conversation}")).status_code == 404
    assert (await ask(gateway, "Again?", conversation)).status_code == 404
    assert (await gateway.http.get("/api/chat/conversations")).json()["conversations"] == []


async def test_what_was_said_in_a_deleted_conversation_is_removed_here_too(
    start_gateway: StartGateway, settings: GatewaySettings
) -> None:
    gateway = await start_gateway(upload_sweep=0.05)
    async with working(settings) as chatter:
        answer = await answered(gateway, chatter, "Secret?")
        await gateway.job_when(answer["job_id"], lambda job: job["status"] == "completed")
        await gateway.http.delete(f"/api/chat/conversations/{answer['conversation_id']}")
        await gateway.job_when(answer["job_id"], lambda job: job.get("code") == "not_found")


async def test_another_users_conversation_does_not_exist_on_any_route(
    start_gateway: StartGateway, settings: GatewaySettings
) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, eve = await gateway.sign_in("ada"), await gateway.sign_in("eve")
    async with working(settings) as chatter:
        asking = asyncio.create_task(ask(gateway, "Mine?", headers=ada))
        await chatter.answer("Mine?")
        conversation = (await asking).json()["conversation_id"]
        path = f"/api/chat/conversations/{conversation}"
        assert (await gateway.http.get(path, headers=eve)).status_code == 404
        assert (await gateway.http.delete(path, headers=eve)).status_code == 404
        assert (await ask(gateway, "Yours?", conversation, headers=eve)).status_code == 404
        assert (await gateway.http.get("/api/chat/conversations", headers=eve)).json()["conversations"] == []
        assert len(await messages(gateway, conversation, headers=ada)) == 2
        assert (await ask(gateway, "Who?")).status_code == 401
        assert {command["owner"] for _, command in chatter.commands} == {"ada"}
