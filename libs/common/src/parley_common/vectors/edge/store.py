"""The one thread on which the engine is used, and the promise that what was acknowledged survives a kill."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from parley_common.vectors.edge.collections import Collection, Collections
from parley_common.vectors.edge.engine import Shard
from parley_common.vectors.edge.failures import EngineFailed, EngineRefused, StoreError

T = TypeVar("T")
Change = Callable[[Shard], None]
log = structlog.get_logger()


class Store:
    """Serves every event loop and thread; the folder is opened at the first need, and with `close` let go of."""

    def __init__(self, folder: Path, *, optimize_after: int) -> None:
        self._folder = folder.absolute()
        self._optimize_after = optimize_after
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._waiting: deque[tuple[str, Change, Future[None]]] = deque()
        self._collections: Collections | None = None

    async def use(self, work: Callable[[Collections], T]) -> T:
        """What `work` returns, done in its turn."""
        return await asyncio.wrap_future(self._thread.submit(lambda: work(self._opened())))

    async def change(self, name: str, change: Change) -> None:
        """Return once the change is on disk. Changes that arrive meanwhile are brought there together."""
        done: Future[None] = Future()
        self._waiting.append((name, change, done))
        self._thread.submit(self._apply_waiting)
        await asyncio.wrap_future(done)

    async def close(self) -> None:
        """What was begun is ended first."""
        await asyncio.wrap_future(self._thread.submit(self._close))
        self._thread.shutdown()

    def _opened(self) -> Collections:
        if self._collections is None:
            self._collections = Collections(self._folder)
        return self._collections

    def _close(self) -> None:
        if self._collections is not None:
            self._collections.close()
            self._collections = None

    def _apply_waiting(self) -> None:
        waiting: dict[str, list[tuple[Change, Future[None]]]] = {}
        while self._waiting:
            name, change, done = self._waiting.popleft()
            if done.set_running_or_notify_cancel():
                waiting.setdefault(name, []).append((change, done))
        for name, changes in waiting.items():
            self._apply(name, changes)

    def _apply(self, name: str, changes: list[tuple[Change, Future[None]]]) -> None:
        try:
            collection = self._opened().get(name)
            for change, done in changes:
                _attempt(change, collection.shard, done)
            collection.shard.flush()
        except StoreError as error:
            self._fail(name, error, changes)
            return
        for _, done in changes:
            if not done.done():
                done.set_result(None)
        self._tidy(collection, len(changes))

    def _fail(self, name: str, error: StoreError, changes: list[tuple[Change, Future[None]]]) -> None:
        log.error("vectors could not be stored", collection=name, reason=str(error))
        for _, done in changes:
            if not done.done():
                done.set_exception(error)
        if isinstance(error, EngineFailed):
            self._opened().reload(name)

    def _tidy(self, collection: Collection, changes: int) -> None:
        collection.changes += changes
        if collection.changes >= self._optimize_after:
            collection.changes = 0
            self._thread.submit(partial(_optimize, collection.shard))


def _attempt(change: Change, shard: Shard, done: Future[None]) -> None:
    """A change that is refused is told so, and does no harm to the others."""
    try:
        change(shard)
    except EngineRefused as error:
        done.set_exception(error)


def _optimize(shard: Shard) -> None:
    try:
        if shard.optimize():
            shard.flush()
    except EngineFailed as error:
        log.error("vectors could not be put in order", reason=str(error))
