"""Tickets: what a browser shows when it opens a socket, because it cannot set headers there."""

from __future__ import annotations

from secrets import token_urlsafe

from redis.asyncio import Redis

TTL = 30
_PREFIX = "parley:ticket:"


class Tickets:
    """Each ticket names one user, works once, and only within `TTL` seconds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def issue(self, user: str) -> str:
        ticket = token_urlsafe(32)
        await self._redis.set(_PREFIX + ticket, user, ex=TTL)
        return ticket

    async def redeem(self, ticket: str) -> str | None:
        """The user it was issued to; `None` if it was used, has expired or never was."""
        user = await self._redis.getdel(_PREFIX + ticket)
        return str(user) if user is not None else None
