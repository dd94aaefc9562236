"""How many jobs a worker runs at once."""

from __future__ import annotations

import asyncio

from parley_common.contracts.jobs import Priority


class Slots:
    """A fixed number of places; batch jobs may take only some of them, so interactive ones always get through."""

    def __init__(self, total: int, *, batch: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._batch = asyncio.Semaphore(min(batch, total))

    async def acquire(self, priority: Priority, *, timeout: float) -> bool:
        """Wait for a place, at most `timeout` seconds; false if none came free."""
        try:
            async with asyncio.timeout(timeout):
                await self._take(priority)
        except TimeoutError:
            return False
        return True

    async def try_acquire(self, priority: Priority) -> bool:
        """A place if there is one now. Does not wait: an unlocked semaphore is taken without yielding."""
        if self._total.locked() or (priority is Priority.BATCH and self._batch.locked()):
            return False
        await self._take(priority)
        return True

    def release(self, priority: Priority) -> None:
        self._total.release()
        if priority is Priority.BATCH:
            self._batch.release()

    async def _take(self, priority: Priority) -> None:
        if priority is not Priority.BATCH:
            await self._total.acquire()
            return
        await self._batch.acquire()
        try:
            await self._total.acquire()
        except BaseException:
            self._batch.release()
            raise
