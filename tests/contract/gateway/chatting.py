"""A chat worker that answers what a test tells it to, and what tests ask of the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from tests.contract.gateway.conftest import Gateway, ScriptedWorker

from parley_common.bus.broker import Bus, make_broker
from parley_common.storage.blobs import FolderBlobs
from parley_gateway.settings import GatewaySettings

SOURCE = {
    "n": 1,
    "document_id": "01900000-0000-7000-8000-000000000009",
    "version": 1,
    "filename": "q3.pdf",
    "page": 4,
    "start": 10,
    "end": 26,
    "quote": "Revenue was $5M.",
    "score": 0.9,
}
SIDE = {"quota": 100, "tokens": 70, "share": 1.0, "gate": 0.2}
USAGE = {"calls": 1, "tokens_in": 30, "tokens_out": 12, "cost": None}
ANSWER = "Revenue was $5M [1]."


class ChatWorker(ScriptedWorker):
    """Answers as the test says."""

    async def asked(self, query: str) -> str:
        """The job of this question, once it is here."""
        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(lambda: self._job_of(query))
        return self._job_of(query)

    async def write(self, job: str, *deltas: str) -> None:
        offset = 0
        await self.start(job)
        for delta in deltas:
            await self.emit(job, "message.delta", None, message_id="m", delta=delta, offset=offset)
            offset += len(delta)

    async def answer(self, query: str, *deltas: str, text: str = ANSWER, **fields: Any) -> str:
        job = await self.asked(query)
        given = self.named("start", job)[-1]["input"]
        await self.write(job, *deltas)
        result = {
            "answer": text,
            "found": True,
            "sources": [SOURCE],
            "conversation_id": given["conversation"],
            "chat_context_used": False,
            "ledger": {"documents": SIDE, "chat": SIDE},
            "mode": "model",
            "model": "test-model",
            "usage": USAGE,
        }
        await self.emit(job, "job.completed", 3, result=result | fields, usage=USAGE, mode="model", model="test-model")
        return job

    def _job_of(self, query: str) -> str:
        jobs = [command["job"] for _, command in self.commands if command.get("input", {}).get("query") == query]
        return str(jobs[-1]) if jobs else ""


@asynccontextmanager
async def working(settings: GatewaySettings) -> AsyncIterator[ChatWorker]:
    bus = Bus(make_broker(settings, service="chat"))
    scripted = ChatWorker(bus, FolderBlobs(settings.blobs_folder), "chat")
    await bus.start()
    yield scripted
    await bus.stop()


async def ask(gateway: Gateway, query: str, conversation: str | None = None, **options: Any) -> httpx.Response:
    body = {"query": query, "conversation_id": conversation}
    return await gateway.http.post("/api/chat/", json=body, **options)


async def answered(
    gateway: Gateway, chatter: ChatWorker, query: str, conversation: str | None = None
) -> dict[str, Any]:
    asking = asyncio.create_task(ask(gateway, query, conversation))
    await chatter.answer(query)
    response = await asking
    assert response.status_code == 200, response.text
    return dict(response.json())


async def messages(gateway: Gateway, conversation: str, **options: Any) -> list[dict[str, Any]]:
    response = await gateway.http.get(f"/api/chat/conversations/{conversation}", **options)
    assert response.status_code == 200, response.text
    return list(response.json()["messages"])
