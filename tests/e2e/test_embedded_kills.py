"""The embedded system is killed and started again on the same data."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx
import pytest
from support.clients import assert_whole, eventually
from support.scripts import ANSWER
from support.system import Embedded, embedded

BURST = 40
AT_ONCE = 4


async def test_waiting_question_survives_a_kill_and_can_be_answered(tmp_path: Path) -> None:
    async with embedded(tmp_path) as (server, parley):
        job = await parley.submit()
        async with parley.enhancement(job) as socket:
            asked = await socket.until("user_question")
            await server.kill()
        await server.start()
        async with parley.enhancement(job) as again:
            assert await again.until("user_question") == asked
            await again.answer(ANSWER)
            await again.to_the_end()
        assert again.frames[-1]["question"] == again.frames[-1]["question"] | {"answer": ANSWER}
        assert_whole(await parley.log(job))


@pytest.mark.timeout(180)
async def test_kills_in_bursts_of_jobs_and_of_answers_lose_none(tmp_path: Path) -> None:
    async with embedded(tmp_path) as (server, parley):
        accepted, answered = list[str](), list[str]()
        questions = dict[str, str]()

        async def submit(_: str) -> None:
            accepted.append(await parley.submit())

        async def answer(job: str) -> None:
            assert (await parley.answer(job, ANSWER, questions[job])).status_code == 200
            answered.append(job)

        await killed_in_the_middle(server, submit, [str(number) for number in range(BURST)], accepted)
        questions |= {job: await parley.question(job) for job in accepted}
        await killed_in_the_middle(server, answer, accepted, answered)
        for job in set(accepted) - set(answered):
            await answer(job)
        for job in accepted:
            assert (await parley.until(job, "completed"))["result"]["question"]["answer"] == ANSWER
            assert_whole(await parley.log(job))


async def killed_in_the_middle(
    server: Embedded, act: Callable[[str], Awaitable[None]], over: Sequence[str], done: list[str]
) -> None:
    """Do this for each, a few at a time; kill the server when about half is done, and start it again."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(each: str) -> None:
        async with turn:
            try:
                await act(each)
            except httpx.TransportError:
                return

    acting = [asyncio.create_task(one(each)) for each in over]

    async def half_is_done() -> bool:
        return len(done) >= len(over) // 2

    await eventually(half_is_done)
    await server.kill()
    await asyncio.gather(*acting)
    assert len(done) < len(over)
    await server.start()
