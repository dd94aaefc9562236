"""Doing what must be done, however long the other side is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from parley_common.errors import RetryableError

T = TypeVar("T")


async def persistently(act: Callable[[], Awaitable[T]], *, on: type[RetryableError], longest: float) -> T:
    """What `act` returns in the end: while it raises `on` it is tried again, after at most `longest` seconds each."""
    try:
        return await act()  # nearly always all there is to it, and as cheap as that
    except on:
        return await _again(act, on, longest)


async def _again(act: Callable[[], Awaitable[T]], on: type[RetryableError], longest: float) -> T:
    pauses = wait_exponential_jitter(multiplier=0.05, max=longest, jitter=0.05)

    async def again() -> T:
        return await act()

    return await AsyncRetrying(retry=retry_if_exception_type(on), wait=pauses)(again)
