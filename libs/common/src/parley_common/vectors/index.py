"""Every person's own passages, stored to be found again by meaning and by words.

Each operation is about one owner and one kind, and reaches nothing else. Errors are `VectorsUnavailable`, which may be
tried again, or permanent ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import UUID

from pydantic_core import PydanticSerializationError, to_json

from parley_common.errors import Invalid
from parley_common.vectors.bm25 import Bm25
from parley_common.vectors.fusion import beside, fused
from parley_common.vectors.points import Found, Hit, Kind, Point, Which, point_id
from parley_common.vectors.qdrant import Qdrant, collection_name, connect
from parley_common.vectors.settings import VectorSettings
from parley_common.vectors.words import Words

__all__ = ["Hit", "Index", "Kind", "Point", "open_index", "point_id"]


def open_index(settings: VectorSettings, embedder: str, dimensions: int) -> Index:
    """The index of one embedder's vectors, on the server of `QDRANT_URL` or in this process; close it when done."""
    return Index(Qdrant(connect(settings), collection_name(embedder, dimensions), dimensions), settings)


class Index:
    """Passages of all owners under one embedder's vectors; what it stores into is made on first use."""

    def __init__(self, qdrant: Qdrant, settings: VectorSettings) -> None:
        self._qdrant = qdrant
        self._batch = settings.batch
        self._rrf_k = settings.rrf_k
        self._words_weight = settings.words_weight
        self._neighbour_share = settings.neighbour_share
        self._bm25 = Bm25(
            Words(settings.language), k1=settings.k1, b=settings.b, average_length=settings.average_length
        )

    async def upsert(self, points: Sequence[Point]) -> None:
        """Store them, replacing those of the same id; once it returns they are durable and can be found."""
        for point in points:
            self._check(point)
        for start in range(0, len(points), self._batch):
            batch = points[start : start + self._batch]
            await self._qdrant.upsert([(point, self._bm25.document(point.text)) for point in batch])

    async def count(self, owner: str, kind: Kind, source: UUID, version: int | None = None) -> int:
        """How many passages there are of a source, or of one version of it: exactly."""
        return await self._qdrant.count(Which(owner, kind, (source,), version=version))

    async def delete(
        self, owner: str, kind: Kind, source: UUID, *, version: int | None = None, except_version: int | None = None
    ) -> None:
        """Forget a source, or one version of it, or every other version; no error if there is nothing."""
        which = Which(owner, kind, (source,), version=version, except_version=except_version)
        await self._qdrant.delete(which)

    async def publish(self, owner: str, kind: Kind, source: UUID, version: int) -> int:
        """Let a version that was stored as drafts be found; how many passages of it are found now: exactly."""
        await self._qdrant.publish(Which(owner, kind, (source,), version=version))
        return await self._qdrant.count(Which(owner, kind, (source,), version=version, drafts=False))

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
        """The best passages, best first: the `limit` nearest and the `limit` with the most telling words, fused.

        Those beside others that were found come before those that stand alone.
        """
        self._check_vector(dense)
        if sources is not None and not sources:
            return []
        among = None if sources is None else tuple(sources)
        which = Which(owner, kind, among, tuple(excluding), drafts=False)
        near, worded = await self._qdrant.search(which, dense, self._bm25.question(text), limit)
        return self._fused(near, worded)[:limit]

    async def close(self) -> None:
        await self._qdrant.close()

    def _fused(self, near: Sequence[Found], worded: Sequence[Found]) -> list[Hit]:
        similarity = {found.id: found.score for found in near}
        bm25 = {found.id: found.score for found in worded}
        by_id = {found.id: found for found in (*near, *worded)}
        ranked = fused([(1.0, similarity), (self._words_weight, bm25)], k=self._rrf_k)
        places = {key: ((found.source, found.version), found.ordinal) for key, found in by_id.items()}
        scores = beside(ranked, places, share=self._neighbour_share)
        return [_hit(by_id[key], score, similarity.get(key), bm25.get(key)) for key, score in scores.items()]

    def _check(self, point: Point) -> None:
        # An id that is not its owner's could be somebody else's, whose passage would be replaced.
        if point.id != point_id(point.owner, point.source, point.version, point.ordinal):
            raise Invalid("the id of a passage is not the one that follows from what it is")
        try:
            to_json((point.owner, point.text, point.payload))
        except PydanticSerializationError as error:
            raise Invalid("a passage holds something that is not text") from error
        self._check_vector(point.dense)

    def _check_vector(self, dense: Sequence[float]) -> None:
        if len(dense) != self._qdrant.dimensions or not all(map(math.isfinite, dense)):
            raise Invalid(f"a vector here is {self._qdrant.dimensions} finite numbers")


def _hit(found: Found, score: float, similarity: float | None, bm25: float | None) -> Hit:
    return Hit(
        id=found.id,
        source=found.source,
        version=found.version,
        ordinal=found.ordinal,
        text=found.text,
        payload=found.payload,
        score=score,
        similarity=similarity,
        bm25=bm25,
    )
