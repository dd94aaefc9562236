"""Taking away what there is of documents and of single versions: points, texts, chunks, embeddings, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from parley_common.contracts.documents import ForgetDocument, ForgottenDocument
from parley_common.errors import ParleyError, RetryableError
from parley_common.runtime.job import Job
from parley_common.runtime.steps import Retry
from parley_common.storage.blobs import Blobs
from parley_ingest.adapters.texts import Texts
from parley_ingest.ports import Index, Indexes
from parley_ingest.store.versions import Versions

AT_ONCE = 100
# The worker that ingests a document hears at once that it is cancelled; a dead one is waited for until its lease ends.
PATIENT = Retry(attempts=60, initial=0.1, maximum=2.0)

log = structlog.get_logger()


class StillWritten(RetryableError):
    """A job is at work on the document."""

    code = "document_still_written"


class NotGone(RetryableError):
    """The index still finds something of it."""

    code = "document_not_gone"


class Removing:
    """Removes; doing any of it again does no harm. `current` is the embedder of today, by name and dimensions."""

    def __init__(
        self, versions: Versions, *, blobs: Blobs, texts: Texts, indexes: Indexes, current: tuple[str, int]
    ) -> None:
        self._versions = versions
        self._blobs = blobs
        self._texts = texts
        self._indexes = indexes
        self._current = current

    async def mark(self, owner: str, document: UUID) -> None:
        """From here on nothing is added to it."""
        await self._versions.forget(owner, document)

    async def wait(self, document: UUID) -> None:
        """Raises `StillWritten` while somebody may be adding to it who does not know yet."""
        if await self._versions.is_written(document):
            raise StillWritten("The document is still being ingested.")

    async def remove(self, owner: str, request: ForgetDocument) -> int:
        """Remove all there is; how many points that were. Raises `NotGone` if any is found afterwards."""
        rows = await self._versions.of(request.document)
        indexes = self._those_of(rows)
        points = await self._count(indexes, owner, request.document)
        for index in indexes:
            await index.delete(owner, "document", request.document)
        if left := await self._count(indexes, owner, request.document):
            raise NotGone(f"{left} passages of the document are still found.")
        for row in rows:
            await self._texts.remove(row.document, row.version)
            await self._versions.drop(row)
        await self._blobs.delete(request.upload)
        return points

    async def remove_older(self, owner: str, document: UUID, version: int) -> int:
        """Remove what came before this version, from whichever index it is in; how many versions that were."""
        rows = await self._versions.of(document, before=version)
        for row in rows:
            index = self._indexes.of(row.embedder, row.dimensions)
            await index.delete(owner, "document", document, version=row.version)
            await self._texts.remove(document, row.version)
            await self._versions.drop(row)
        return len(rows)

    async def remove_left_over(self) -> None:
        """Take what failed, was cancelled or given up out of the index; nobody is to find half a document."""
        for row in await self._versions.left_over(limit=AT_ONCE):
            try:
                index = self._indexes.of(row.embedder, row.dimensions)
                await index.delete(row.owner, "document", row.document, version=row.version)
                await self._versions.unindexed(row)
            except ParleyError as error:
                log.warning("left-over passages stay", document=str(row.document), reason=error.code)

    def _those_of(self, rows: Sequence[Row[Any]]) -> list[Index]:
        used = {self._current, *((row.embedder, row.dimensions) for row in rows)}
        return [self._indexes.of(*each) for each in sorted(used)]

    async def _count(self, indexes: Sequence[Index], owner: str, document: UUID) -> int:
        return sum([await index.count(owner, "document", document) for index in indexes])


async def forget_document(job: Job, request: ForgetDocument, *, removing: Removing) -> ForgottenDocument:
    """Remove a document for good: ends only when nothing of it is found any more."""
    await job.progress(0.1, "Stopping what adds to the document")
    await job.step("mark", removing.mark, job.owner, request.document)
    await job.step("wait for ingestion", removing.wait, request.document, retry=PATIENT)
    await job.progress(0.3, "Removing passages, text and file")
    points = await job.step("remove", removing.remove, job.owner, request)
    return ForgottenDocument(document=request.document, points=points)
