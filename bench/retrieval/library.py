"""Texts in the index as the product puts them there, owned by one reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid5

from bench.retrieval.coverage import Passage
from parley_common.embedding.embedder import Embedder
from parley_common.vectors.index import Hit, Index, Point, open_index, point_id
from parley_common.vectors.settings import VectorSettings
from parley_ingest.domain.chunks import Chunk, chunked
from parley_ingest.domain.document import Canonical, Section
from parley_ingest.settings import IngestSettings

OWNER = "reader"
TOKENS = IngestSettings(_env_file=None).chunk_tokens
_NAMESPACE = UUID("7f9b7d9e-7a0c-4b6c-8a55-3c1d0f5b2e64")


@asynccontextmanager
async def index_in(folder: Path, embedder: Embedder, **settings: object) -> AsyncIterator[Index]:
    """An index in this process, on an empty folder."""
    values = {"PARLEY_DATA": folder, **settings}
    index = open_index(VectorSettings(_env_file=None, **values), embedder.name, embedder.dimensions)  # type: ignore[arg-type]
    try:
        yield index
    finally:
        await index.close()


async def store(index: Index, embedder: Embedder, texts: dict[str, str]) -> int:
    """Cut, embed and store texts by their names, which are their titles; how many passages they are."""
    points: list[Point] = []
    for name, text in texts.items():
        # One section, as the offsets of gold spans count the characters of the file as it is.
        canonical = Canonical(text, name.replace("_", " "), [Section(0, len(text), (), None)], None, [])
        chunks = chunked(canonical, embedder.count, tokens=TOKENS, window=embedder.window)
        vectors = await embedder.embed([chunk.embedded for chunk in chunks])
        points += [
            _point(name, chunk, vector, embedder.count(chunk.text))
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
    await index.upsert(points)
    return len(points)


def passage(hit: Hit) -> Passage:
    payload = hit.payload
    return Passage(
        str(payload["corpus"]), (int(str(payload["start"])), int(str(payload["end"]))), int(str(payload["tokens"]))
    )


def _point(name: str, chunk: Chunk, vector: list[float], tokens: int) -> Point:
    source = uuid5(_NAMESPACE, name)
    return Point(
        id=point_id(OWNER, source, 1, chunk.ordinal),
        owner=OWNER,
        kind="document",
        source=source,
        version=1,
        ordinal=chunk.ordinal,
        text=chunk.embedded,
        dense=vector,
        payload={"corpus": name, "start": chunk.start, "end": chunk.end, "tokens": tokens},
    )
