"""Chat as it runs: its own composition root, the real runtime on SQLite, the in-process broker, ports in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.contract.chat.ports import MemoryIndex, WordEmbedder
from tests.contract.listening import Listener
from uuid_utils.compat import uuid7

from parley_chat.app import SERVICE, ChatService
from parley_chat.remembering import settle
from parley_chat.settings import ChatSettings
from parley_chat.store import tables
from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.contracts.chat import Answered, Chat, ConversationForgotten, ForgetConversation
from parley_common.contracts.commands import CancelJob, StartChat, StartForgettingConversation, StartJob
from parley_common.contracts.jobs import JsonObject
from parley_common.runtime import tables as runtime
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.vectors.index import Index, Point, point_id

OWNER = "ada"


@dataclass
class Site(Listener):
    """One running chat service and everything it has said."""

    settings: ChatSettings
    bus: Bus
    index: MemoryIndex
    service: ChatService
    stack: AsyncExitStack

    async def add(self, *texts: str, owner: str = OWNER, name: str = "report.pdf") -> UUID:
        """A document of these passages, one behind the other."""
        document, start = uuid4(), 0
        vectors = await WordEmbedder().embed(texts)
        for ordinal, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
            payload: JsonObject = {
                "filename": name,
                "start": start,
                "end": start + len(text),
                "page": ordinal + 1,
                "heading": ["Figures"],
            }
            start += len(text) + 1
            identity = point_id(owner, document, 1, ordinal)
            point = Point(identity, owner, "document", document, 1, ordinal, f"# {name}\n{text}", vector, payload)
            await self.index.upsert([point])
        return document

    async def ask(self, query: str, conversation: UUID | None = None, *, owner: str = OWNER, **fields: Any) -> UUID:
        request = Chat(query=query, conversation=conversation, **fields)
        return await self.begin(StartChat(job=uuid7(), owner=owner, created_at=datetime.now(UTC), input=request))

    async def begin(self, job: StartJob) -> UUID:
        await self.bus.publish(command(SERVICE, job.verb, job))
        return job.job

    async def answer(self, query: str, conversation: UUID | None = None, **fields: Any) -> Answered:
        return await self.result(await self.ask(query, conversation, **fields))

    async def forget(self, conversation: UUID, *, owner: str = OWNER) -> ConversationForgotten:
        request = ForgetConversation(conversation=conversation)
        job = StartForgettingConversation(job=uuid7(), owner=owner, created_at=datetime.now(UTC), input=request)
        final = await self.end(await self.begin(job))
        assert final["type"] == "job.completed", final
        return ConversationForgotten.model_validate(final["data"]["result"])

    async def cancel(self, job: UUID) -> None:
        cancel = CancelJob(job=job, kind="chat", owner=OWNER, requested_at=datetime.now(UTC))
        await self.bus.publish(command(SERVICE, "cancel", cancel))

    async def settle(self) -> None:
        """What the service does every few seconds."""
        await settle(library=self.service.library, turns=self.service.turns)

    async def kept(self) -> list[str]:
        """All that is said in the database: by turns, summaries, and what the runtime keeps of jobs that answer."""
        columns = [
            [tables.turn.c.question, tables.turn.c.answer],
            [tables.summary.c.text],
            [runtime.job.c.input, runtime.job.c.result, runtime.job.c.partial],
        ]
        kept: list[str] = []
        async with self.service.service.database.read() as connection:
            for each in columns:
                statement = select(*each)
                if each[0].table is runtime.job:
                    statement = statement.where(runtime.job.c.kind == "chat")
                kept += [str(value) for row in await connection.execute(statement) for value in row if value]
            steps = select(runtime.step.c.output).join(runtime.job, runtime.job.c.id == runtime.step.c.job)
            kept += [str(row.output) for row in await connection.execute(steps.where(runtime.job.c.kind == "chat"))]
        return kept

    async def die(self) -> None:
        """The worker neither hears nor says anything any more; its lease runs out."""
        for subscriber in self.service.service.broker.subscribers:
            await subscriber.stop()

    async def another_worker(self) -> None:
        """A second worker on the same database and index, which looks for jobs that were left behind."""
        settings = self.settings.model_copy(update={"heartbeat": 0.2, "sweep": 0.1})
        broker = make_broker(settings, service=SERVICE)
        service = ChatService(settings, broker, embedder=WordEmbedder(), index=cast(Index, self.index))
        self.listen(broker)
        await service.start()
        self.stack.push_async_callback(service.stop)

    async def result(self, job: UUID) -> Answered:
        return Answered.model_validate(await self.completed(job))


@pytest.fixture
def base_url() -> str | None:
    """The model's address; none is offline mode."""
    return None


@pytest.fixture
def limits() -> dict[str, Any]:
    """Settings that a test changes."""
    return {}


@pytest.fixture
async def site(tmp_path: Path, base_url: str | None, limits: dict[str, Any]) -> AsyncIterator[Site]:
    fixed = {"data": tmp_path, "base_url": base_url, "model": "test-model", "step_backoff": 0.01, "step_attempts": 3}
    settings = ChatSettings.model_validate(fixed | limits)
    broker, index = make_broker(settings, service=SERVICE), MemoryIndex()
    service = ChatService(settings, broker, embedder=WordEmbedder(), index=cast(Index, index))
    async with AsyncExitStack() as stack:
        site = Site(settings, service.service.bus, index, service, stack)
        site.listen(broker)
        await service.start()
        stack.push_async_callback(service.stop)
        yield site


@pytest.fixture
def model(scripted: ScriptedModel) -> ScriptedModel:
    return scripted
