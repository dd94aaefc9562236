"""How much one client may ask for: requests per window and open connections, counted in Redis for all gateways.

While Redis is away nothing is limited: a metric and one line in the log say so, and nobody is turned away for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import uuid4

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import AfterValidator, Field
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import HTTPConnection

from parley_gateway import metrics
from parley_gateway.problems import TooMany
from parley_gateway.security.settings import AccessSettings, Names

log = structlog.get_logger()
SEAT_TTL = 60.0
SEAT_REFRESH = 20.0
_SEATS = "parley:connections:"


def _rate(value: str | None) -> str | None:
    if value is not None:
        parse(value)
    return value


Rate = Annotated[str | None, AfterValidator(_rate)]


class LimitSettings(AccessSettings):
    """Rates as `<number>/<unit>`, such as `300/minute`. With `PARLEY_AUTH=off` only limits that are set apply."""

    rate_user: Rate = Field(None, alias="PARLEY_RATE_USER")
    rate_ip: Rate = Field(None, alias="PARLEY_RATE_IP")
    rate_auth: Rate = Field(None, alias="PARLEY_RATE_AUTH")
    connections: int | None = Field(None, alias="PARLEY_CONNECTIONS_PER_USER", ge=1)
    trusted_proxies: Names = Field(frozenset(), alias="PARLEY_TRUSTED_PROXIES")

    def effective(self) -> LimitSettings:
        """These settings with the defaults of a gateway that strangers can reach, where there are accounts."""
        if self.auth == "off":
            return self
        defaults = {"rate_user": "300/minute", "rate_ip": "600/minute", "rate_auth": "20/minute", "connections": 100}
        return self.model_copy(update={k: v for k, v in defaults.items() if getattr(self, k) is None})


@dataclass(frozen=True)
class Allowance:
    """What is left of the tightest limit that a request counted against; `wait` is in seconds."""

    name: str
    policy: RateLimitItem
    allowed: bool
    remaining: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` of the IETF draft "RateLimit header fields for HTTP"."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.policy.amount};w={self.policy.get_expiry()}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.wait}',
        }


class Limits:
    """The limits of all gateways that share one Redis."""

    def __init__(self, settings: LimitSettings, redis: Redis, *, pause: float = 5.0) -> None:
        settings = settings.effective()
        pool: Any = redis.connection_pool  # its own annotation knows no pool
        storage = RedisStorage("redis://", implementation="redispy", connection_pool=pool)
        self._window = MovingWindowRateLimiter(storage)
        self._policies = {
            name: parse(rate)
            for name, rate in (("ip", settings.rate_ip), ("user", settings.rate_user), ("auth", settings.rate_auth))
            if rate
        }
        self._seats = settings.connections
        self._redis = redis
        self._pause = pause
        self._away_until = 0.0
        self._away = False

    async def hit(self, **clients: str) -> Allowance | None:
        """Count one request against the limits named, e.g. `ip="203.0.113.9"`; `None` if nothing limits it."""
        named = {name: who for name, who in clients.items() if name in self._policies}
        if not named or self._is_resting():
            return None
        try:
            allowances = await asyncio.gather(*(self._hit(name, who) for name, who in named.items()))
        except RedisError as error:
            self._lost(error)
            return None
        self._away = False
        return min(allowances, key=lambda one: (one.allowed, one.remaining))

    @asynccontextmanager
    async def connection(self, user: str) -> AsyncIterator[None]:
        """Hold one of the user's connections; raises `TooMany` if all are taken.

        The seat is leased: those of a gateway that was killed are free again within a minute.
        """
        seat = uuid4().hex
        await self._take_seat(user, seat)
        keeper = asyncio.create_task(self._keep_seat(user, seat), name="connection-seat") if self._seats else None
        try:
            yield
        finally:
            if keeper:
                keeper.cancel()
                await self._leave_seat(user, seat)

    async def _hit(self, name: str, who: str) -> Allowance:
        policy = self._policies[name]
        allowed = await self._window.hit(policy, name, who)
        reset, remaining = await self._window.get_window_stats(policy, name, who)
        return Allowance(name, policy, allowed, max(0, remaining), max(1, round(reset - time.time())))

    async def _take_seat(self, user: str, seat: str) -> None:
        if self._seats is None or self._is_resting():
            return
        try:
            taken = await self._lease_seat(user, seat)
            if taken > self._seats:
                await self._redis.zrem(_SEATS + user, seat)
                raise TooMany(f"At most {self._seats} connections at a time.", code="too_many_connections")
        except RedisError as error:
            self._lost(error)

    async def _lease_seat(self, user: str, seat: str) -> int:
        now = time.time()
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zremrangebyscore(_SEATS + user, "-inf", now)
            pipeline.zadd(_SEATS + user, {seat: now + SEAT_TTL})
            pipeline.expire(_SEATS + user, int(SEAT_TTL) + 1)
            pipeline.zcard(_SEATS + user)
            return int((await pipeline.execute())[-1])

    async def _keep_seat(self, user: str, seat: str) -> None:
        while True:
            await asyncio.sleep(SEAT_REFRESH)
            try:
                await self._lease_seat(user, seat)
            except RedisError as error:
                self._lost(error)

    async def _leave_seat(self, user: str, seat: str) -> None:
        try:
            await self._redis.zrem(_SEATS + user, seat)
        except RedisError as error:
            self._lost(error)

    def _is_resting(self) -> bool:
        return time.monotonic() < self._away_until

    def _lost(self, error: RedisError) -> None:
        """Leave Redis alone for a moment, so that each request does not wait for its timeout."""
        metrics.LIMITER_FAILURES.inc()
        if not self._away:
            log.warning("redis is away: nothing is rate limited", error=type(error).__name__)
        self._away = True
        self._away_until = time.monotonic() + self._pause


def limits_of(connection: HTTPConnection) -> Limits:
    return cast(Limits, connection.app.state.limits)
