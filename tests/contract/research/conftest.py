"""Research as it runs: its own composition root, the real runtime on SQLite, the real loader, gate and cage."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from palmerpenguins import load_penguins
from pydantic_core import to_json
from tests.contract.listening import Listener

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import command
from parley_common.contracts.commands import AnswerQuestion, CancelJob, StartLoading, StartResearch
from parley_common.contracts.datasets import PROFILE, TABLE, UPLOAD, LoadDataset, Profile
from parley_common.contracts.research import Research, Researched
from parley_common.storage.blobs import FolderBlobs, key_of, new_key
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_research.app import SERVICE, ResearchService, create
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.settings import ResearchSettings

OWNER = "ada"


@dataclass(frozen=True)
class Dataset:
    """A loaded table, as the gateway knows it."""

    id: UUID
    name: str
    profile: Profile


@dataclass(frozen=True)
class Loaded:
    """A Parquet file and its profile, made once by the loader and lent to every test."""

    table: Path
    profile: Profile


@dataclass
class Site(Listener):
    """One running research service and everything it has said."""

    settings: ResearchSettings
    bus: Bus
    blobs: FolderBlobs
    service: ResearchService
    stack: AsyncExitStack

    async def upload(self, content: bytes) -> str:
        async def whole() -> AsyncIterator[bytes]:
            yield content

        key = new_key(UPLOAD)
        await self.blobs.put(key, whole(), limit=2**30)
        return key

    async def load(self, upload: str, name: str = "table.csv", *, dataset: UUID | None = None) -> UUID:
        request = LoadDataset(dataset=dataset or uuid4(), upload=upload, filename=name)
        job = StartLoading(job=uuid4(), owner=OWNER, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "load", job))
        return job.job

    async def loaded(self, content: bytes | str, name: str = "table.csv") -> Dataset:
        """An upload made a table by a job of its own."""
        upload = await self.upload(content.encode() if isinstance(content, str) else content)
        final = await self.end(await self.load(upload, name))
        assert final["type"] == "job.completed", final
        identity = UUID(final["data"]["result"]["dataset"])
        profile = b"".join([piece async for piece in self.blobs.read(key_of(PROFILE, identity))])
        return Dataset(identity, name, Profile.model_validate_json(profile))

    async def shelved(self, made: Loaded, name: str) -> Dataset:
        """A table that was loaded before, as a dataset of its own."""
        dataset = Dataset(uuid4(), name, made.profile)
        table = self.settings.data / f"{dataset.id.hex}.parquet"
        await asyncio.to_thread(shutil.copyfile, made.table, table)
        await self.blobs.take(key_of(TABLE, dataset.id), table)

        async def profile() -> AsyncIterator[bytes]:
            yield to_json(made.profile)

        await self.blobs.put(key_of(PROFILE, dataset.id), profile(), limit=2**26)
        return dataset

    async def forget(self, dataset: Dataset) -> None:
        for kind in (TABLE, PROFILE):
            await self.blobs.delete(key_of(kind, dataset.id))

    async def ask(self, dataset: Dataset, question: str, *, owner: str = OWNER, **fields: Any) -> UUID:
        request = Research(
            dataset=dataset.id,
            name=dataset.name,
            question=question,
            table=key_of(TABLE, dataset.id),
            hash=dataset.profile.hash,
            **fields,
        )
        job = StartResearch(job=uuid4(), owner=owner, created_at=datetime.now(UTC), input=request)
        await self.bus.publish(command(SERVICE, "start", job))
        return job.job

    async def answer(self, job: UUID, value: list[str] | None) -> None:
        asked = await self.question(job)
        answer = AnswerQuestion(
            job=job,
            kind="research",
            owner=OWNER,
            question_id=asked["question_id"],
            answer_id=str(uuid4()),
            value=list(value) if value is not None else None,
            declined=value is None,
            answered_at=datetime.now(UTC),
        )
        await self.bus.publish(command(SERVICE, "answer", answer))

    async def cancel(self, job: UUID, *, kind: str = "research") -> None:
        cancel = CancelJob(job=job, kind=kind, owner=OWNER, requested_at=datetime.now(UTC))
        await self.bus.publish(command(SERVICE, "cancel", cancel))

    async def result(self, job: UUID) -> Researched:
        return Researched.model_validate(await self.completed(job))

    async def stop(self) -> None:
        """An orderly end; what runs is handed over."""
        await self.stack.aclose()

    async def die(self) -> None:
        """The worker neither hears nor says anything any more; its lease runs out."""
        for subscriber in self.service.service.broker.subscribers:
            await subscriber.stop()

    async def another_worker(self) -> None:
        """A second worker on the same database, which looks for jobs that were left behind."""
        settings = self.settings.model_copy(update={"heartbeat": 0.2, "sweep": 0.1})
        broker = make_broker(settings, service=SERVICE)
        service = create(settings, broker)
        self.listen(broker)
        await service.start()
        self.stack.push_async_callback(service.stop)


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
    fixed = {"data": tmp_path, "base_url": base_url, "model": "test-model", "step_backoff": 0.01, "step_attempts": 2}
    settings = ResearchSettings.model_validate(fixed | limits)
    broker = make_broker(settings, service=SERVICE)
    service = create(settings, broker)
    async with AsyncExitStack() as stack:
        site = Site(settings, service.service.bus, FolderBlobs(settings.blobs_folder), service, stack)
        site.listen(broker)
        await service.start()
        stack.push_async_callback(service.stop)
        yield site


@pytest.fixture(scope="session")
def penguins_file() -> bytes:
    return bytes(load_penguins().to_csv(index=False), "utf-8")


@pytest.fixture(scope="session")
def penguins_loaded(tmp_path_factory: pytest.TempPathFactory, penguins_file: bytes) -> Loaded:
    folder = tmp_path_factory.mktemp("penguins")
    upload, table = folder / "upload", folder / "table.parquet"
    upload.write_bytes(penguins_file)
    return Loaded(table, asyncio.run(load(upload, table, filename="penguins.csv", settings=DatasetSettings())))


@pytest.fixture
async def penguins(site: Site, penguins_loaded: Loaded) -> Dataset:
    return await site.shelved(penguins_loaded, "penguins.csv")


@pytest.fixture
def model(scripted: ScriptedModel) -> ScriptedModel:
    return scripted
