"""Sends at a steady rate, and says what rate it came to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

TICK = 0.01


async def steadily(send: Callable[[], Awaitable[None]], *, per_second: float, seconds: float) -> float:
    """Start `send` that often, `TICK` by `TICK`, for so long; returns how many a second were sent."""
    began = time.monotonic()
    number, total = 0, round(per_second * seconds)
    while number < total:
        due = min(total, int((time.monotonic() - began) * per_second) + 1)
        await asyncio.gather(*(send() for _ in range(due - number)))
        number = due
        await asyncio.sleep(TICK)
    return total / (time.monotonic() - began)
