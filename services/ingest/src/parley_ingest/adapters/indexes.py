"""One index for each embedder there has been, opened when it is needed."""

from __future__ import annotations

from parley_common.vectors.index import Index, open_index
from parley_common.vectors.settings import VectorSettings


class QdrantIndexes:
    """`Indexes` in Qdrant, a collection for each embedder."""

    def __init__(self, settings: VectorSettings) -> None:
        self._settings = settings
        self._open: dict[tuple[str, int], Index] = {}

    def of(self, embedder: str, dimensions: int) -> Index:
        if (embedder, dimensions) not in self._open:
            self._open[embedder, dimensions] = open_index(self._settings, embedder, dimensions)
        return self._open[embedder, dimensions]

    async def close(self) -> None:
        for index in self._open.values():
            await index.close()
