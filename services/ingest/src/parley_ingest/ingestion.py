"""The steps of ingestion: each can be done again, keeps nothing of a document that was deleted, and says only numbers.

What a step returns is journaled, and the journal outlives the document: no word of it may stand there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from parley_common.contracts.documents import IngestDocument
from parley_common.contracts.model import Contract
from parley_common.embedding.embedder import Embedder
from parley_common.errors import Conflict, PermanentError, RetryableError
from parley_common.uninterrupted import uninterrupted
from parley_common.vectors.index import Point, point_id
from parley_ingest.adapters.texts import Texts
from parley_ingest.domain.chunks import Chunk, chunked
from parley_ingest.ports import Index, Reader
from parley_ingest.removing import Removing
from parley_ingest.settings import IngestSettings
from parley_ingest.store.embeddings import Embeddings
from parley_ingest.store.versions import DocumentForgotten, Superseded, Versions


class EmptyDocument(PermanentError):
    """Nothing in it can be searched."""

    code = "document_empty"
    status = 422


class Unsplittable(PermanentError):
    """The embedder cannot take passages as small as they can be made."""

    code = "document_unsplittable"
    status = 422


class EmbedderChanged(Conflict):
    """The document was begun with another embedder than there is now."""

    code = "embedder_changed"


class Incomplete(RetryableError):
    """The index does not find all that was put into it."""

    code = "index_incomplete"


class Reading(Contract):
    """How much was read."""

    characters: int
    pages: int | None
    notes: list[str]


class Division(Contract):
    """Into how many chunks, and how many of them go into one step: a restart with other settings changes nothing."""

    chunks: int
    embed: int
    store: int


class Ingestion:
    """What ingesting takes; `index` is that of `embedder`."""

    def __init__(
        self,
        settings: IngestSettings,
        *,
        reader: Reader,
        embedder: Embedder,
        index: Index,
        texts: Texts,
        versions: Versions,
        embeddings: Embeddings,
        removing: Removing,
    ) -> None:
        self.embedder = embedder
        self.removing = removing
        self._settings = settings
        self._reader = reader
        self._index = index
        self._texts = texts
        self._versions = versions
        self._embeddings = embeddings

    async def read(self, owner: str, job: UUID, request: IngestDocument) -> Reading:
        """Make canonical text of the file."""
        embedder = self.embedder.name, self.embedder.dimensions
        await self._versions.begin(owner, request.document, request.version, job=job, embedder=embedder)
        canonical = await self._reader.read(request.upload, request.filename)
        await self._texts.keep(request.document, request.version, canonical)
        await self._or_else(request, self._texts.remove, request.document, request.version)
        return Reading(characters=len(canonical.text), pages=canonical.pages, notes=canonical.notes)

    async def split(self, owner: str, request: IngestDocument) -> Division:
        """Cut the text into chunks, and keep where each of them stands."""
        canonical = await self._texts.get(request.document, request.version)
        tokens, window = self._settings.chunk_tokens, self.embedder.window
        try:
            chunks = await asyncio.to_thread(chunked, canonical, self.embedder.count, tokens=tokens, window=window)
        except ValueError as error:
            raise Unsplittable(f"The text cannot be cut into passages: {error}.") from error
        if not chunks:
            raise EmptyDocument("There is no text in the document.")
        await self._versions.keep_chunks(owner, request.document, request.version, [_row(each) for each in chunks])
        return Division(chunks=len(chunks), embed=self._settings.embed_chunks, store=self._settings.store_chunks)

    async def embed(self, owner: str, request: IngestDocument, start: int, count: int) -> int:
        """Have embeddings of these chunks; of how many there were none yet."""
        await self._same_embedder(request)
        rows = await self._versions.chunks(request.document, request.version, start=start, count=count)
        return len(await self._missing(owner, request, rows))

    async def store(self, owner: str, request: IngestDocument, start: int, count: int) -> int:
        """Put these chunks into the index; how many there were."""
        await self._same_embedder(request)
        rows = await self._versions.chunks(request.document, request.version, start=start, count=count)
        # Computed before, unless another version with the same texts was removed meanwhile.
        await self._missing(owner, request, rows)
        vectors = await self._embeddings.find(owner, self.embedder.name, {row.hash for row in rows})
        points = [_point(row, vectors[row.hash], request) for row in rows]
        # Cut off, it might still arrive behind the deletion for which this job was cancelled.
        await uninterrupted(self._upsert(points))
        await self._or_else(request, self._unstore, owner, request)
        return len(rows)

    async def verify(self, owner: str, request: IngestDocument, expected: int) -> int:
        """Count what the index has; raises `Incomplete` unless that is all."""
        found = await self._index.count(owner, "document", request.document, request.version)
        if found != expected:
            raise Incomplete(f"The index has {found} of {expected} passages.")
        return found

    async def publish(self, owner: str, request: IngestDocument, expected: int) -> int:
        """Let this version be found, all of it at once; raises `Incomplete` unless all is."""
        found = await self._index.publish(owner, "document", request.document, request.version)
        if found != expected:
            raise Incomplete(f"The index finds {found} of {expected} passages.")
        return found

    async def activate(self, owner: str, request: IngestDocument) -> None:
        """Make this the version that is searched."""
        await self._versions.activate(owner, request.document, request.version)

    async def _missing(self, owner: str, request: IngestDocument, rows: Sequence[Row[Any]]) -> set[str]:
        """Pay for the embeddings that are not there yet; returns the hashes of their texts."""
        texts = {row.hash: row.embedded for row in rows}
        known = await self._embeddings.find(owner, self.embedder.name, texts)
        missing = [hash for hash in texts if hash not in known]
        if missing:
            vectors = await self.embedder.embed([texts[hash] for hash in missing], background=True)
            paid = dict(zip(missing, vectors, strict=True))
            await self._embeddings.keep(
                owner, request.document, request.version, embedder=self.embedder.name, vectors=paid
            )
        return set(missing)

    async def _upsert(self, points: Sequence[Point]) -> None:
        await self._index.upsert(points)

    async def _unstore(self, owner: str, request: IngestDocument) -> None:
        await self._index.delete(owner, "document", request.document, version=request.version)

    async def _same_embedder(self, request: IngestDocument) -> None:
        if await self._versions.embedder(request.document, request.version) != self.embedder.name:
            raise EmbedderChanged("The embedding model was changed meanwhile; ingest the document again.")

    async def _or_else(self, request: IngestDocument, undo: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Undo what was just written if the document was deleted before it was there."""
        try:
            await self._versions.embedder(request.document, request.version)
        except (DocumentForgotten, Superseded):
            await undo(*arguments)
            raise


def _row(chunk: Chunk) -> dict[str, Any]:
    return {
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "end": chunk.end,
        "page_from": chunk.page_from,
        "page_to": chunk.page_to,
        "heading": list(chunk.heading),
        "embedded": chunk.embedded,
        "hash": hashlib.sha256(chunk.embedded.encode()).hexdigest(),
    }


def _point(row: Row[Any], dense: list[float], request: IngestDocument) -> Point:
    return Point(
        id=point_id(row.owner, row.document, row.version, row.ordinal),
        owner=row.owner,
        kind="document",
        source=row.document,
        version=row.version,
        ordinal=row.ordinal,
        # The headings over a passage are words it can be found by; its own are the last ones, from `start` to `end`.
        text=row.embedded,
        dense=dense,
        payload={
            "filename": request.filename,
            "start": row.start,
            "end": row.end,
            "page": row.page_from,
            "page_to": row.page_to,
            "heading": row.heading,
        },
        draft=True,
    )
