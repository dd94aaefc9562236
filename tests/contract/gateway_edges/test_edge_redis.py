"""Limits and tickets, the same on fakeredis and Redis."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from parley_gateway.limits import Limits, LimitSettings
from parley_gateway.problems import TooMany
from parley_gateway.security.tickets import Tickets


async def test_exactly_as_many_pass_as_the_rate_allows(redis: Redis) -> None:
    limits = Limits(LimitSettings(rate_ip="5/minute", rate_user="100/minute"), redis)
    hits = await asyncio.gather(*(limits.hit(ip="192.0.2.1", user="ada") for _ in range(12)))
    assert sum(hit is not None and hit.allowed for hit in hits) == 5
    other = await limits.hit(ip="192.0.2.2", user="ada")
    assert other is not None
    assert (other.allowed, other.name, other.remaining) == (True, "ip", 4)


async def test_never_more_connections_than_allowed(redis: Redis) -> None:
    limits = Limits(LimitSettings(connections=3), redis)
    open_at_once, most, done = 0, 0, asyncio.Event()

    async def connect() -> bool:
        nonlocal open_at_once, most
        try:
            async with limits.connection("ada"):
                open_at_once += 1
                most = max(most, open_at_once)
                await done.wait()
                open_at_once -= 1
        except TooMany:
            return False
        return True

    connecting = [asyncio.create_task(connect()) for _ in range(10)]
    async with asyncio.timeout(10):
        while sum(task.done() for task in connecting) < 7:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    done.set()
    assert (sum(await asyncio.gather(*connecting)), most) == (3, 3)
    assert await redis.zcard("parley:connections:ada") == 0


async def test_ticket_is_redeemed_by_one_of_many(redis: Redis) -> None:
    tickets = Tickets(redis)
    ticket = await tickets.issue("ada")
    redeemed = await asyncio.gather(*(tickets.redeem(ticket) for _ in range(10)))
    assert sorted(redeemed, key=str) == [None] * 9 + ["ada"]


@pytest.mark.parametrize("ticket", ["", "\0", "\n", "a" * 60_000, "*"])
async def test_nonsense_redeems_nothing(redis: Redis, ticket: str) -> None:
    assert await Tickets(redis).redeem(ticket) is None
