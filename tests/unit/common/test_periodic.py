"""Work in the background goes on, whatever one round of it comes to."""

from __future__ import annotations

import asyncio

import pytest

from parley_common.errors import RetryableError
from parley_common.periodic import Periodic


@pytest.mark.parametrize("error", [RetryableError("The database is away."), ValueError("a bug")])
async def test_a_round_that_fails_is_followed_by_another(error: Exception) -> None:
    failing, again = [error], asyncio.Event()

    async def work() -> None:
        if failing:
            raise failing.pop()
        again.set()

    rounds = Periodic(work, every=0.01, name="rounds")
    await rounds.start()
    async with asyncio.timeout(20):
        await again.wait()
    await rounds.stop()
