"""all-MiniLM-L6-v2 in this process: no network, no key, no download."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from parley_common.embedding.engine import Engine, borrow, give_back
from parley_common.embedding.place import NAME
from parley_common.embedding.settings import EmbeddingSettings
from parley_common.embedding.texts import check_lengths


class LocalEmbedder:
    """Texts are embedded one by one, so a vector does not depend on what else is asked for, and calls take turns."""

    name = NAME
    dimensions = 384
    window = 256

    def __init__(self, settings: EmbeddingSettings) -> None:
        self._engine: Engine | None = borrow(settings.data, settings.embedding_threads, settings.embedding_nice)

    def count(self, text: str) -> int:
        return self._open.tokens.count(text)

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        engine = self._open
        rows = await asyncio.to_thread(engine.tokens.ids, texts)
        check_lengths([len(row) for row in rows], self.window)
        return await engine.vectors(rows, background=background)

    async def close(self) -> None:
        if self._engine:
            engine, self._engine = self._engine, None
            await give_back(engine)

    @property
    def _open(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("this embedder is closed")
        return self._engine
