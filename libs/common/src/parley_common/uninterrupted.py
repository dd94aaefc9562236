"""Work that comes to its end although whoever waits for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 5.0


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`; a cancellation is raised once it has ended, or after `PATIENCE` seconds.

    For commits whose outcome must be known: cancelled in the middle, nobody could tell what is stored.
    """
    task = asyncio.create_task(work)
    # Whoever was cancelled does not ask what became of it, and that is no bug to report.
    task.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=PATIENCE)
        raise
