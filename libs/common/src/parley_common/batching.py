"""Many callers, one flush: what arrives while a flush is under way goes into the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Groups concurrent `add` calls into one `flush(items) -> results`, at most `size` items each.

    The first item is flushed at once, and batches grow only as far as the flush is the bottleneck; or else every batch
    may grow for `linger` seconds first, for callers who rather wait than have many flushes.
    `flush` returns one result per item, in order; if it raises, every caller of that batch gets the error.
    At most `lanes` flushes are under way at a time.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        size: int = 500,
        lanes: int = 1,
        linger: float = 0.0,
    ) -> None:
        self._flush = flush
        self._size = size
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._lanes = lanes
        self._linger = linger
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, item: T) -> R:
        """Returns the item's own result once its batch has been flushed."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._tasks) < self._lanes:
            task = asyncio.create_task(self._run(), name="batcher")
            self._tasks.add(task)
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                if self._linger and len(self._waiting) < self._size:
                    await asyncio.sleep(self._linger)
                batch, self._waiting = self._waiting[: self._size], self._waiting[self._size :]
                await self._flush_one(batch)
        finally:
            if task := asyncio.current_task():
                self._tasks.discard(task)

    async def _flush_one(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._flush([item for item, _ in batch])
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
