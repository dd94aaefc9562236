"""Work that is done again and again in the background, and never cut off in the middle of a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError

from parley_common.errors import RetryableError

log = structlog.get_logger()


class Periodic:
    """Calls `work` every so many seconds, the first time at once; a database that is away is waited for."""

    def __init__(self, work: Callable[[], Awaitable[object]], *, every: float, name: str) -> None:
        self._work = work
        self._every = every
        self._name = name
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Returns when the round that is under way has come to its end."""
        self._stopping.set()
        if self._task:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work()
            except (OSError, DBAPIError, RetryableError) as error:
                log.warning("background work failed", work=self._name, error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
