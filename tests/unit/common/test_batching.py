"""Batches grow while a flush is under way, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from parley_common.batching import Batcher


async def test_what_arrives_during_a_flush_goes_into_the_next_one() -> None:
    batches: list[list[int]] = []
    gate = asyncio.Event()

    async def flush(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        await gate.wait()
        return [item * 2 for item in items]

    batcher = Batcher(flush, size=3)
    first = asyncio.create_task(batcher.add(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.add(n)) for n in range(2, 7)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8, 10, 12]
    assert batches == [[1], [2, 3, 4], [5, 6]]


async def test_failed_flush_fails_its_callers_and_not_the_next_ones() -> None:
    async def flush(items: Sequence[int]) -> Sequence[int]:
        if 1 in items:
            raise ValueError("no ones")
        return items

    batcher = Batcher(flush)
    with pytest.raises(ValueError, match="no ones"):
        await batcher.add(1)
    assert await batcher.add(2) == 2


async def test_caller_that_gives_up_does_not_stop_its_batch() -> None:
    gate = asyncio.Event()
    flushed: list[int] = []

    async def flush(items: Sequence[int]) -> Sequence[int]:
        await gate.wait()
        flushed.extend(items)
        return items

    batcher = Batcher(flush)
    impatient, patient = asyncio.create_task(batcher.add(1)), asyncio.create_task(batcher.add(2))
    await asyncio.sleep(0)
    impatient.cancel()
    gate.set()
    assert await patient == 2
    assert flushed == [1, 2]


async def test_batch_that_lingers_takes_what_comes_meanwhile_unless_it_is_full() -> None:
    batches: list[list[int]] = []

    async def flush(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        return items

    lingering = Batcher(flush, size=2, linger=3600)
    assert await asyncio.gather(*map(lingering.add, [1, 2])) == [1, 2]
    shortly = Batcher(flush, linger=0.001)
    first = asyncio.create_task(shortly.add(3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await asyncio.gather(*[first, asyncio.create_task(shortly.add(4))]) == [3, 4]
    assert batches == [[1, 2], [3, 4]]
