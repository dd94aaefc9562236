"""One research service with its in-process bus and SQLite, and jobs put to it as the gateway does."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from faststream.rabbit import RabbitMessage
from pydantic_core import to_json

from bench.research.tables import LOADERS
from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.bus.topology import EVENTS, recorder_queue
from parley_common.contracts.commands import StartResearch
from parley_common.contracts.datasets import PROFILE, TABLE
from parley_common.contracts.events import FINAL_TYPES
from parley_common.contracts.jobs import Priority
from parley_common.contracts.research import Research
from parley_common.storage.blobs import FolderBlobs, key_of
from parley_research.app import SERVICE, create
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.settings import ResearchSettings


@dataclass
class Service:
    """A running service; `ended` holds how each job ended."""

    bus: Bus
    folder: Path
    ended: dict[str, asyncio.Future[str]] = field(default_factory=dict)

    @property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self.folder / "blobs")

    async def hear(self, message: RabbitMessage) -> None:
        frame = json.loads(message.body)
        if frame["type"] in FINAL_TYPES:
            self.ended[frame["job"]].set_result(frame["type"])

    async def table(self, name: str) -> Research:
        """A shipped table loaded from CSV, as the beginning of a request about it."""
        upload, table, dataset = self.folder / f"{name}.csv", self.folder / f"{name}.parquet", uuid4()
        await asyncio.to_thread(LOADERS[name]().to_csv, upload, index=False)
        profile = await load(upload, table, filename=upload.name, settings=DatasetSettings())
        await self.blobs.take(key_of(TABLE, dataset), table)
        await self.blobs.put(key_of(PROFILE, dataset), _whole(to_json(profile)), limit=2**26)
        return Research(
            dataset=dataset, name=upload.name, question="-", table=key_of(TABLE, dataset), hash=profile.hash
        )

    async def seconds(self, request: Research, question: str, priority: Priority = Priority.INTERACTIVE) -> float:
        """How long a job takes from its command to its last event; each has an owner of its own, so none is cached."""
        started, job = time.perf_counter(), uuid4()
        asked = request.model_copy(update={"question": question})
        start = StartResearch(job=job, owner=str(job), created_at=datetime.now(UTC), input=asked, priority=priority)
        self.ended[str(job)] = asyncio.get_running_loop().create_future()
        await self.bus.publish(command(SERVICE, "start", start, priority=priority))
        end = await self.ended[str(job)]
        del self.ended[str(job)]
        if end != "job.completed":
            raise RuntimeError(f"{question!r} ended as {end}")
        return time.perf_counter() - started


@asynccontextmanager
async def running() -> AsyncIterator[Service]:
    """The service in offline mode, in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        settings = ResearchSettings.model_validate({"data": folder, "api_key": None, "base_url": None})
        broker = make_broker(settings, service=SERVICE)
        research = create(settings, broker)
        service = Service(research.service.bus, Path(folder))
        # In the gateway's place: events that nobody takes would pile up in its queue, and pass for a leak.
        broker.subscriber(recorder_queue(), EVENTS)(service.hear)
        await research.start()
        try:
            yield service
        finally:
            await research.stop()


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
