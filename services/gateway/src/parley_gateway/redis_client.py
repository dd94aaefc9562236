"""The one Redis client of the gateway: a server by URL, or fakeredis behind the same client for `memory://`."""

from __future__ import annotations

from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from parley_common.settings import Settings

TIMEOUT = 2.0


def open_redis(settings: Settings) -> Redis:
    """Open without connecting. Commands give up after `TIMEOUT`: what Redis keeps here is never worth a long wait."""
    url = settings.redis_url.get_secret_value()
    if url.startswith("memory:"):
        return FakeAsyncRedis(decode_responses=True)
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )
