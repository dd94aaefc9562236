"""The edge's stores on SQLite and PostgreSQL, its limits on fakeredis and Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from redis.asyncio import Redis

from parley_common.settings import Settings
from parley_common.storage.database import Database
from parley_gateway.redis_client import open_redis


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)])
def gateway_sql_url(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "sqlite" else request.getfixturevalue("database_url")("gateway")


@pytest_asyncio.fixture
async def database(gateway_sql_url: str | None, tmp_path: Path) -> AsyncIterator[Database]:
    url = SecretStr(gateway_sql_url) if gateway_sql_url else None
    opened = Database.open(Settings(data=tmp_path, database_url=url), "gateway", "parley_gateway.store.migrations")
    await opened.upgrade()
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", pytest.param("server", marks=pytest.mark.connected)])
def redis_settings(request: pytest.FixtureRequest) -> Settings:
    url = "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")
    return Settings(redis_url=SecretStr(url))


@pytest_asyncio.fixture
async def redis(redis_settings: Settings) -> AsyncIterator[Redis]:
    client = open_redis(redis_settings)
    yield client
    await client.aclose()
