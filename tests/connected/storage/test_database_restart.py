"""A PostgreSQL that stops and starts again under its clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pydantic import SecretStr
from sqlalchemy import text

from parley_common.settings import Settings
from parley_common.storage.database import Database
from parley_common.storage.errors import DatabaseUnavailable
from parley_standalone.servers import PostgresServer


async def test_database_that_restarts_is_unavailable_and_nothing_worse(
    postgres: PostgresServer, database_url: Callable[[str], str]
) -> None:
    settings = Settings(database_url=SecretStr(database_url("gateway")), pool_size=2)
    database = Database.open(settings, "gateway", "parley_gateway.store.migrations")
    refused = 0
    restarting = asyncio.create_task(postgres.restart())
    while not restarting.done():
        try:
            async with database.read() as connection:
                await connection.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            refused += 1
    await restarting
    assert refused
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await database.close()
