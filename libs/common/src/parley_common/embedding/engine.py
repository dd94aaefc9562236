"""The model in memory and the threads that run it: one for all embedders of a process.

A question of the chat and the passages of a new document have threads of their own: those of documents run only while
the system has nothing better to do, whichever process the question is in.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from parley_common.embedding.place import built, shared
from parley_common.embedding.session import Session
from parley_common.embedding.tokens import Tokens
from parley_common.embedding.turns import Turns


class Engine:
    """Reads its tokenizer at once and its model, in a thread of its own, when it is first asked for a vector."""

    def __init__(self, data: Path, threads: int, nice: int) -> None:
        self.tokens = Tokens()
        self.key = threads, nice
        self.users = 0
        self._data = data
        self._opening = threading.Lock()
        self._session: Session | None = None
        self._turns = Turns("embedding", threads=threads)
        self._background = Turns("embedding later", threads=threads, nice=nice)

    async def vectors(self, rows: Sequence[Sequence[int]], *, background: bool) -> list[list[float]]:
        """One vector a row of token ids; the event loop goes on meanwhile."""
        turns = self._background if background else self._turns
        asked = [turns.add(rank, partial(self._vector, ids)) for rank, ids in enumerate(rows)]
        try:
            return [await asyncio.wrap_future(each) for each in asked]
        finally:
            for each in asked:
                each.cancel()

    def close(self) -> None:
        self._turns.close()
        self._background.close()

    def _vector(self, ids: Sequence[int]) -> list[float]:
        vector: list[float] = self._open().vector(ids).tolist()
        return vector

    def _open(self) -> Session:
        with self._opening:
            if self._session is None:
                self._session = Session(built(shared(), self._data / "embedding"))
            return self._session


_ENGINES: dict[tuple[int, int], Engine] = {}


def borrow(data: Path, threads: int, nice: int) -> Engine:
    """The engine of this process with so many threads, so nice; the first one to ask makes it."""
    key = threads, nice
    if key not in _ENGINES:
        _ENGINES[key] = Engine(data, threads, nice)
    engine = _ENGINES[key]
    engine.users += 1
    return engine


async def give_back(engine: Engine) -> None:
    """The last one to give it back ends it."""
    engine.users -= 1
    if not engine.users:
        del _ENGINES[engine.key]
        await asyncio.to_thread(engine.close)
