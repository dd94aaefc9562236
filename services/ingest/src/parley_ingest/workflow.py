"""One version of one document, from a file to passages that can be found; nothing of it is searched before all is."""

from __future__ import annotations

from functools import partial

from parley_common.contracts.documents import TEXT, IngestDocument, Ingested
from parley_common.contracts.jobs import Mode
from parley_common.runtime.job import Job
from parley_common.storage.blobs import key_of
from parley_ingest.ingestion import Division, Ingestion

READING = 0.02, "Reading the document..."
SPLITTING = 0.15, "Splitting the text into chunks..."
# How far a job is when embedding, and when storing, begins and ends.
EMBEDDING = 0.2, 0.8
STORING = 0.8, 0.95
CHECKING = 0.95, "Checking that every passage is found..."


async def ingest_document(
    job: Job, request: IngestDocument, *, ingestion: Ingestion, mode: Mode, model: str | None
) -> Ingested:
    """Read, split, embed and index a document; it counts as done only when all its passages were found again."""
    await job.progress(*READING)
    reading = await job.step("read", ingestion.read, job.owner, job.id, request)
    await job.progress(*SPLITTING)
    division = await job.step("split", ingestion.split, job.owner, request)
    embedded = await _embed(job, request, ingestion, division)
    await _store(job, request, ingestion, division)
    await job.progress(*CHECKING)
    await job.step("verify", ingestion.verify, job.owner, request, division.chunks)
    await job.step("publish", ingestion.publish, job.owner, request, division.chunks)
    await job.step("activate", ingestion.activate, job.owner, request)
    await job.step("remove older", ingestion.removing.remove_older, job.owner, request.document, request.version)
    return Ingested(
        document=request.document,
        version=request.version,
        text=key_of(TEXT, request.document, request.version),
        chunks=division.chunks,
        embedded=embedded,
        characters=reading.characters,
        pages=reading.pages,
        notes=reading.notes,
        embedder=ingestion.embedder.name,
        dimensions=ingestion.embedder.dimensions,
        mode=mode,
        model=model,
    )


async def _embed(job: Job, request: IngestDocument, ingestion: Ingestion, division: Division) -> int:
    """Embed batch by batch; a batch that is done is not paid for again."""
    stage, embedded = f"Generating embeddings for {division.chunks} chunks...", 0
    await job.progress(EMBEDDING[0], stage)
    for start in range(0, division.chunks, division.embed):
        embed = partial(ingestion.embed, job.owner, request)
        embedded += await job.step("embed", embed, start, division.embed, key=f"embed {start}")
        await _advance(job, division, start + division.embed, stage=stage, span=EMBEDDING)
    return embedded


async def _store(job: Job, request: IngestDocument, ingestion: Ingestion, division: Division) -> None:
    stage = f"Storing {division.chunks} chunks..."
    for start in range(0, division.chunks, division.store):
        store = partial(ingestion.store, job.owner, request)
        await job.step("store", store, start, division.store, key=f"store {start}")
        await _advance(job, division, start + division.store, stage=stage, span=STORING)


async def _advance(job: Job, division: Division, done: int, *, stage: str, span: tuple[float, float]) -> None:
    done, (begin, end) = min(done, division.chunks), span
    fraction = begin + (end - begin) * done / division.chunks
    await job.progress(fraction, f"{stage} ({done} of {division.chunks})")
