"""The embedder and the index in memory: words as vectors, and passages compared one by one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from uuid import UUID
from zlib import crc32

from parley_common.vectors.index import Hit, Kind, Point
from parley_common.vectors.words import Words

DIMENSIONS = 64
WORDS = Words("english")


class WordEmbedder:
    """A text is the words in it; `held` makes a text wait until a test lets it go."""

    name = "words"
    dimensions = DIMENSIONS
    window = 60

    def count(self, text: str) -> int:
        return len(text.split())

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        assert all(self.count(text) <= self.window - 2 for text in texts), "no text is longer than the window"
        return [_vector(text) for text in texts]

    async def close(self) -> None:
        return None


class MemoryIndex:
    """An `Index` whose every search compares everything; also remembers who searched what."""

    def __init__(self) -> None:
        self.points: dict[UUID, Point] = {}
        self.searches: list[tuple[str, Kind, str]] = []
        self.upserts = 0

    async def upsert(self, points: Sequence[Point]) -> None:
        self.upserts += 1
        self.points |= {point.id: point for point in points}

    async def count(self, owner: str, kind: Kind, source: UUID, version: int | None = None) -> int:
        return len(self._of(owner, kind, source, version))

    async def delete(
        self, owner: str, kind: Kind, source: UUID, *, version: int | None = None, except_version: int | None = None
    ) -> None:
        for point in self._of(owner, kind, source, version):
            if point.version != except_version:
                del self.points[point.id]

    async def search(
        self,
        owner: str,
        kind: Kind,
        text: str,
        dense: Sequence[float],
        *,
        limit: int = 50,
        sources: Sequence[UUID] | None = None,
        excluding: Sequence[UUID] = (),
    ) -> list[Hit]:
        self.searches.append((owner, kind, text))
        own = [each for each in self.points.values() if (each.owner, each.kind) == (owner, kind)]
        scored = sorted(((_cosine(dense, each.dense), each) for each in own), key=lambda pair: (-pair[0], pair[1].id))
        return [
            Hit(
                id=each.id,
                source=each.source,
                version=each.version,
                ordinal=each.ordinal,
                text=each.text,
                payload=each.payload,
                score=1 / (2 + rank),
                similarity=similarity,
                bm25=None,
            )
            for rank, (similarity, each) in enumerate(scored[:limit])
        ]

    async def close(self) -> None:
        return None

    def _of(self, owner: str, kind: Kind, source: UUID, version: int | None) -> list[Point]:
        wanted = [
            each for each in self.points.values() if (each.owner, each.kind, each.source) == (owner, kind, source)
        ]
        return [each for each in wanted if version in (None, each.version)]


def _vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSIONS
    for word, times in Counter(WORDS.of(text)).items():
        vector[crc32(word.encode()) % DIMENSIONS] += times
    length = math.hypot(*vector) or 1.0
    return [each / length for each in vector]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
