"""Documents as their owner reads them: how far they are, what was made of them, their text and their file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from parley_common.contracts.documents import TEXT, Ingested
from parley_common.contracts.jobs import Problem, Status
from parley_common.errors import Conflict, NotFound
from parley_common.storage.blobs import BlobNotFound, Blobs, key_of
from parley_gateway.domain.document import (
    Document,
    DocumentDetails,
    DocumentState,
    DocumentText,
    Task,
    TaskInfo,
    said,
    task_state,
)
from parley_gateway.domain.processing import processing_problem, processing_status
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.live.following import Following
from parley_gateway.security.principal import Principal
from parley_gateway.store.documents import Documents


class DocumentNotReady(Conflict):
    """No version of the document has been read yet."""

    code = "document_not_ready"


@dataclass(frozen=True)
class Original:
    """A file as it was uploaded."""

    name: str
    media_type: str
    size: int
    content: AsyncIterator[bytes]


class Reading:
    """Reads documents of one owner, as of this moment; each method raises `NotFound`."""

    def __init__(self, documents: Documents, following: Following, blobs: Blobs) -> None:
        self._documents = documents
        self._following = following
        self._blobs = blobs

    async def state(self, user: Principal, identity: UUID) -> DocumentState:
        """How far it is."""
        row, job = await self._now(user, identity)
        status, why = processing_status(job.status), processing_problem(job.status, job.error)
        return DocumentState(
            document_id=row.id,
            filename=row.name,
            status=status,
            error=why.detail if why else None,
            error_code=why.code if why else None,
            task=Task(
                task_id=job.id,
                task_state=task_state(status),
                task_info=TaskInfo(status=said(job.status, job.stage), progress=job.progress),
            ),
        )

    async def details(self, user: Principal, identity: UUID) -> DocumentDetails:
        row, job = await self._now(user, identity)
        searched = await self._searched(user, row, job)
        made = Ingested.model_validate(job.result) if job.result else None
        known = made.model_dump(include={"embedder", "mode", "model"}) if made else {}
        nothing: dict[str, Any] = {"embedder": None, "mode": None, "model": None}
        active = {"active_version": searched.version if searched else None}
        return DocumentDetails.model_validate(_common(row, job) | nothing | known | active)

    async def text(
        self, user: Principal, identity: UUID, *, start: int, end: int | None, version: int | None
    ) -> DocumentText:
        """A part of the text that citations count characters of; raises `DocumentNotReady`."""
        row, job = await self._now(user, identity)
        searched = await self._searched(user, row, job)
        if searched is None and version is None:
            raise DocumentNotReady("The document has not been read yet.")
        # A version gives way to the next one a moment before that one's job has ended.
        versions = [version] if version is not None or searched is None else [searched.version, row.version]
        number, text = await self._stored(identity, [each for each in versions if each is not None])
        part = text[start:end]
        return DocumentText(
            document_id=identity,
            filename=row.name,
            version=number,
            characters=len(text),
            start=min(start, len(text)),
            end=min(start, len(text)) + len(part),
            text=part,
        )

    async def original(self, user: Principal, identity: UUID) -> Original:
        """The newest file."""
        row = await self._documents.get(user.user, identity)
        size = await self._blobs.size(row.upload)
        return Original(row.name, row.media_type, size, self._blobs.read(row.upload))

    async def _now(self, user: Principal, identity: UUID) -> tuple[Row[Any], JobSnapshot]:
        row = await self._documents.get(user.user, identity)
        return row, await self._following.snapshot(user.user, row.job)

    async def _searched(self, user: Principal, row: Row[Any], job: JobSnapshot) -> Ingested | None:
        """The version that is searched: this one, or the last that was completed."""
        if job.result is None and row.previous:
            job = await self._following.snapshot(user.user, row.previous)
        return Ingested.model_validate(job.result) if job.result else None

    async def _stored(self, identity: UUID, versions: list[int]) -> tuple[int, str]:
        for number in versions:
            try:
                pieces = [piece async for piece in self._blobs.read(key_of(TEXT, identity, number))]
            except BlobNotFound:
                continue
            return number, b"".join(pieces).decode()
        raise NotFound("There is no text of this version.")


def summary_of(row: Row[Any]) -> Document:
    return Document.model_validate(_common(row, row))


def _common(row: Row[Any], job: Row[Any] | JobSnapshot) -> dict[str, Any]:
    status = Status(job.status)
    why = processing_problem(status, Problem.model_validate(job.error) if job.error else None)
    made = Ingested.model_validate(job.result) if job.result else None
    return {
        "id": row.id,
        "filename": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "version": row.version,
        "processing_status": processing_status(status),
        "processing_error": why.detail if why else None,
        "error_code": why.code if why else None,
        "task_id": row.job,
        "uploaded_at": row.created_at,
        "chunks": made.chunks if made else None,
        "pages": made.pages if made else None,
        "characters": made.characters if made else None,
        "notes": made.notes if made else [],
    }
