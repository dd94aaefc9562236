"""How long a search takes among ten thousand passages, and how many are stored in a second, on the engine.

Vectors and words are drawn at random, so that nothing is easier to find than it would be.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import numpy as np

from parley_common.embedding.embedder import Embedder, EmbeddingSettings, open_embedder
from parley_common.vectors.index import Index, Point, open_index, point_id
from parley_common.vectors.settings import VectorSettings
from parley_standalone.servers import VectorServer, scratch_folder

PASSAGES, SEARCHES, WORDS, VOCABULARY, DIMENSIONS = 10_000, 300, 110, 20_000, 384
OWNER = "reader"


@dataclass(frozen=True)
class Speed:
    """Seconds of a search with its question's vector, which took `embedded`; `worked` is what was computed."""

    stored: float
    searches: int
    p50: float
    p95: float
    embedded: float
    worked: float

    def __str__(self) -> str:
        return (
            f"p50 {1000 * self.p50:.1f} ms, p95 {1000 * self.p95:.1f} ms of {self.searches},"
            f" {1000 * self.embedded:.1f} ms of it for the question's vector;"
            f" {1000 * self.worked:.1f} ms of this process's computing each; {self.stored:.0f} passages stored a second"
        )


async def main() -> None:
    """One line for the engine in this process and one for it as a process, over HTTP."""
    with TemporaryDirectory() as folder:
        settings = VectorSettings(_env_file=None, PARLEY_DATA=Path(folder))
        await _say("in process", open_index(settings, "speed", DIMENSIONS))
    async with server() as settings:
        await _say("over HTTP", open_index(settings, "speed", DIMENSIONS))


@asynccontextmanager
async def server() -> AsyncIterator[VectorSettings]:
    """The engine as a process of its own."""
    with scratch_folder() as folder:
        async with VectorServer(folder) as started:
            yield VectorSettings(_env_file=None, QDRANT_URL=started.url, QDRANT_API_KEY=started.key)


async def measured(index: Index, *, searches: int = SEARCHES) -> Speed:
    """Fills the index, searches it and closes it."""
    draw = _Draw()
    points = [draw.point(number) for number in range(PASSAGES)]
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    try:
        await embedder.embed(["The first one loads the model."])
        began = time.perf_counter()
        await index.upsert(points)
        stored = PASSAGES / (time.perf_counter() - began)
        before = time.process_time()
        took = [await _search(index, embedder, draw.text(8), draw.vector()) for _ in range(searches)]
        worked = (time.process_time() - before) / searches
    finally:
        await index.close()
        await embedder.close()
    whole = [each for each, _ in took]
    return Speed(stored, searches, median(whole), quantiles(whole, n=20)[-1], median(each for _, each in took), worked)


async def _say(where: str, index: Index) -> None:
    load = os.getloadavg()[0]
    sys.stdout.write(f"{where}: {await measured(index)} (load {load:.1f})\n")
    sys.stdout.flush()


async def _search(index: Index, embedder: Embedder, text: str, vector: list[float]) -> tuple[float, float]:
    """Seconds of all of it, and of embedding the question; what is searched for is the vector that was drawn."""
    began = time.perf_counter()
    await embedder.embed([text])
    embedded = time.perf_counter() - began
    hits = await index.search(OWNER, "document", text, vector)
    took = time.perf_counter() - began
    if len(hits) != 50:
        raise RuntimeError(f"{len(hits)} hits of 50")
    return took, embedded


class _Draw:
    """Passages whose words are as unevenly common as in a language, the same in every run."""

    def __init__(self) -> None:
        self._numbers = np.random.default_rng(1)
        self._random = random.Random(1)  # noqa: S311 - the same in every run is the point
        self._words = [f"w{number}" for number in range(VOCABULARY)]
        self._weights = [1 / (rank + 1) for rank in range(VOCABULARY)]
        self._sources = [UUID(int=self._random.getrandbits(128), version=4) for _ in range(PASSAGES // 100)]

    def text(self, words: int) -> str:
        return " ".join(self._random.choices(self._words, self._weights, k=words))

    def vector(self) -> list[float]:
        vector = self._numbers.normal(size=DIMENSIONS)
        return [float(value) for value in vector / np.linalg.norm(vector)]

    def point(self, number: int) -> Point:
        source = self._sources[number % len(self._sources)]
        return Point(
            id=point_id(OWNER, source, 1, number),
            owner=OWNER,
            kind="document",
            source=source,
            version=1,
            ordinal=number,
            text=self.text(WORDS),
            dense=self.vector(),
            payload={
                "filename": f"{uuid4()}.pdf",
                "page": number % 40,
                "start": number * 700,
                "end": number * 700 + 690,
            },
        )


if __name__ == "__main__":
    asyncio.run(main())
