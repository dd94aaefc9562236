"""A worker that is killed, `kill -9`, at the moment a transaction of its job would commit; the next one takes over.

`python -m tests.contract.ingest.dying <folder>` reads lines `{"at": <which commit>, "documents": […]}`, lets a process
ingest these documents and be killed over the last one, and answers whether it was. The libraries are loaded once: every
process is a fork. What there is of a document in the end stands in `<folder>/report-<document>`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import event, select, update

from parley_common.bus.broker import make_broker
from parley_common.bus.message import command
from parley_common.contracts.commands import StartIngestion
from parley_common.contracts.documents import DOCUMENT, IngestDocument
from parley_common.contracts.jobs import FINAL, Status
from parley_common.runtime import tables as runtime
from parley_common.storage.blobs import FolderBlobs, key_of
from parley_common.vectors.index import open_index, point_id
from parley_ingest.app import SERVICE, IngestService, create
from parley_ingest.settings import IngestSettings
from parley_ingest.store import tables

from .doubles import DIMENSIONS, Gate, HashingEmbedder, PlainReader

OWNER = "ada"
WORDS = "The keeper of lighthouse {} wrote down ship number {} and the weather of that day. "
# Transactions that write these belong to the job; the others are of leases and messages.
OF_THE_JOB = ("INSERT INTO step", "INSERT INTO chunk", "INTO version", "INTO embedding", "UPDATE document")


class Account(HashingEmbedder):
    """Writes down what it was paid for before it gives it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Gate())
        self.document = UUID(int=0)
        self._folder = folder

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        with (self._folder / f"paid-{self.document}").open("a") as file:
            file.writelines(f"{text!r}\n" for text in texts)
        return await super().embed(texts, background=background)


def settings_in(folder: Path) -> IngestSettings:
    quick = {"sweep": 0.1, "step_backoff": 0.01, "left_over_sweep": 3600}
    return IngestSettings.model_validate(
        {"data": folder, "chunk_tokens": 16, "embed_chunks": 4, "store_chunks": 4} | quick
    )


async def work(folder: Path, at: int, documents: Sequence[UUID]) -> None:
    """Ingest documents, and write down what there is in the end; the last one unless its `at`-th commit kills."""
    settings = settings_in(folder)
    embedder, blobs = Account(folder), FolderBlobs(settings.blobs_folder)
    service = create(
        settings, make_broker(settings, service=SERVICE), reader=PlainReader(blobs, Gate()), embedder=embedder
    )
    await outlive_leases(service)
    await service.start()
    for document in documents:
        embedder.document = document
        if document == documents[-1]:
            deadly(service, at)
        await service.service.bus.publish(command(SERVICE, "start", await order(blobs, document)))
        await ended(service, job_of(document))
        left = await compared(service, settings, embedder.name, document)
        paid = len((folder / f"paid-{document}").read_text().splitlines())
        report = left | {"paid": paid, "batch": settings.embed_chunks}
        (folder / f"report-{document}").write_text(json.dumps(report))
    await service.stop()


async def outlive_leases(service: IngestService) -> None:
    """Let as much time pass as those who were killed had their jobs for."""
    await service.service.database.upgrade()
    over = update(runtime.job).where(runtime.job.c.lease_until.is_not(None)).values(lease_until=datetime.now(UTC))
    async with service.service.database.transaction() as transaction:
        await transaction.execute(over)


def deadly(service: IngestService, at: int) -> None:
    """Let the process be killed where the `at`-th transaction of its job would commit."""
    engine, commits = service.service.database.engine.sync_engine, 0

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        connection.info["of the job"] = connection.info.get("of the job") or any(
            each in statement for each in OF_THE_JOB
        )

    @event.listens_for(engine, "commit")
    def kill(connection: Any) -> None:
        nonlocal commits
        commits += bool(connection.info.pop("of the job", False))
        if at and commits == at:
            os.kill(os.getpid(), signal.SIGKILL)


def job_of(document: UUID) -> UUID:
    return uuid5(document, "job")


async def order(blobs: FolderBlobs, document: UUID) -> StartIngestion:
    """The same command every time: after a kill it is delivered twice."""
    upload = key_of(DOCUMENT, document, 1)

    async def text() -> AsyncIterator[bytes]:
        yield "".join(WORDS.format(document, number) for number in range(6)).encode()

    await blobs.put(upload, text(), limit=10**6)
    request = IngestDocument(document=document, version=1, upload=upload, filename="a.txt", media_type="text/plain")
    return StartIngestion(job=job_of(document), owner=OWNER, created_at=datetime.now(UTC), input=request)


async def ended(service: IngestService, job: UUID) -> None:
    status = select(runtime.job.c.status).where(runtime.job.c.id == job)
    async with asyncio.timeout(30):
        while True:
            async with service.service.database.read() as connection:
                now = await connection.scalar(status)
            if now in FINAL:
                assert now == Status.COMPLETED
                return
            await asyncio.sleep(0.01)


async def compared(service: IngestService, settings: IngestSettings, embedder: str, document: UUID) -> dict[str, Any]:
    """The passages that SQL has and those that the index finds."""
    async with service.service.database.read() as connection:
        chunks = list(await connection.execute(select(tables.chunk).where(tables.chunk.c.document == document)))
    index = open_index(settings, embedder, DIMENSIONS)
    found = await index.search(OWNER, "document", "keeper", [1.0] * DIMENSIONS, limit=1_000, sources=[document])
    counted = await index.count(OWNER, "document", document)
    await index.close()
    in_sql = sorted(str(point_id(OWNER, document, row.version, row.ordinal)) for row in chunks)
    return {"sql": in_sql, "index": sorted(str(hit.id) for hit in found), "counted": counted}


def fork(folder: Path, at: int, documents: Sequence[UUID]) -> bool:
    """Whether a process of its own was killed over the last of these documents; raises if it failed."""
    process = os.fork()
    if not process:
        os.dup2(2, 1)
        try:
            asyncio.run(work(folder, at, documents))
        finally:
            if failed := sys.exc_info()[0] is not None:
                traceback.print_exc()
            os._exit(failed)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the process ended with {code}")
    return code != 0


if __name__ == "__main__":
    for line in sys.stdin:
        request = json.loads(line)
        killed = fork(Path(sys.argv[1]), request["at"], [UUID(each) for each in request["documents"]])
        sys.stdout.write(json.dumps(killed) + "\n")
        sys.stdout.flush()
