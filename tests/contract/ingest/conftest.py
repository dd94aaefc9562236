"""Ingestion as it runs: its own composition root and the real runtime, with doubles behind its ports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.contract.listening import Listener

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.contracts.commands import CancelJob, StartForgetting, StartIngestion
from parley_common.contracts.documents import DOCUMENT, ForgetDocument, IngestDocument
from parley_common.storage.blobs import FolderBlobs, new_key
from parley_common.storage.database import Database
from parley_ingest.app import SERVICE, IngestService, create
from parley_ingest.settings import IngestSettings
from parley_ingest.store import tables

from .doubles import Gate, HashingEmbedder, MemoryIndexes, PlainReader

OWNER = "ada"


@dataclass
class Site(Listener):
    """One running ingestion service and everything it has said; `gate` is on every way through a port."""

    settings: IngestSettings
    blobs: FolderBlobs
    stack: AsyncExitStack
    gate: Gate = field(default_factory=Gate)
    service: IngestService = field(init=False)
    embedder: HashingEmbedder = field(init=False)
    indexes: MemoryIndexes = field(init=False)
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        self.embedder, self.indexes = HashingEmbedder(self.gate), MemoryIndexes(self.gate)

    @property
    def bus(self) -> Bus:
        return self.service.service.bus

    @property
    def database(self) -> Database:
        return self.service.service.database

    @property
    def points(self) -> dict[UUID, Any]:
        """Those of the embedder of today."""
        return self.indexes.of(self.embedder.name, self.embedder.dimensions).points

    async def start(self, **changes: Any) -> None:
        """Begin to work, on what an earlier worker left."""
        settings = self.settings.model_copy(update=changes)
        broker = make_broker(settings, service=SERVICE)
        reader = PlainReader(self.blobs, self.gate)
        self.service = create(settings, broker, reader=reader, embedder=self.embedder, indexes=self.indexes)
        self.listen(broker)
        await self.service.start()
        self.running.push_async_callback(self.service.stop)

    async def stop(self) -> None:
        """The worker ends; what it was at is cut off, and nothing of the step is journaled."""
        await self.running.aclose()

    async def ingest(self, text: str, document: UUID | None = None, version: int = 1, owner: str = OWNER) -> UUID:
        """Begin to ingest a text; the job's id."""
        upload = new_key(DOCUMENT)

        async def whole() -> AsyncIterator[bytes]:
            yield text.encode()

        await self.blobs.put(upload, whole(), limit=2**30)
        request = IngestDocument(
            document=document or uuid4(), version=version, upload=upload, filename="a.txt", media_type="text/plain"
        )
        start = StartIngestion(job=uuid4(), owner=owner, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "start", start))
        return start.job

    async def forget(self, document: UUID, owner: str = OWNER) -> UUID:
        request = ForgetDocument(document=document, upload=new_key(DOCUMENT))
        start = StartForgetting(job=uuid4(), owner=owner, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "forget", start))
        return start.job

    async def cancel(self, job: UUID) -> None:
        cancel = CancelJob(job=job, kind="ingest_document", owner=OWNER, requested_at=datetime.now(UTC))
        await self.bus.publish(command(SERVICE, "cancel", cancel))

    async def rows(self, table: str) -> list[Any]:
        async with self.database.read() as connection:
            return await _all(connection, table)

    def texts(self) -> list[str]:
        """What is kept of what was read."""
        folder = self.settings.blobs_folder
        return sorted(
            str(path.relative_to(folder)) for kind in ("text", "outline") for path in folder.glob(f"{kind}/*")
        )

    async def assert_whole(self, document: UUID, version: int = 1) -> None:
        """The index holds exactly the chunks of this version, as SQL has them, each with its own text."""
        chunks = [row for row in await self.rows("chunk") if row.document == document]
        points = sorted((p for p in self.points.values() if p.source == document), key=lambda p: p.ordinal)
        assert {row.version for row in chunks} == {version}
        assert [(p.version, p.ordinal) for p in points] == [(row.version, row.ordinal) for row in chunks]
        assert not [point for point in points if point.draft]
        assert [(p.payload["start"], p.payload["end"]) for p in points] == [(row.start, row.end) for row in chunks]
        (active,) = [row.active for row in await self.rows("document") if row.id == document]
        assert active == version


async def _all(connection: AsyncConnection, table: str) -> list[Any]:
    return list(await connection.execute(select(getattr(tables, table))))


@pytest.fixture
def sql_url() -> str | None:
    """`None` for an SQLite file; a module or test may ask for both databases."""
    return None


@pytest.fixture
async def site(tmp_path: Path, sql_url: str | None) -> AsyncIterator[Site]:
    settings = IngestSettings.model_validate(
        {
            "data": tmp_path,
            "database_url": sql_url,
            "step_backoff": 0.01,
            "step_attempts": 2,
            "stop_grace": 0.0,
            "chunk_tokens": 16,
            "embed_chunks": 4,
            "store_chunks": 6,
            "left_over_sweep": 3600,
        }
    )
    async with AsyncExitStack() as stack:
        site = Site(settings, FolderBlobs(settings.blobs_folder), stack)
        await site.start()
        stack.push_async_callback(site.stop)
        yield site
