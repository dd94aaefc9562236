"""A process that freezes in the middle of a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from parley_common.settings import Settings
from parley_common.storage.database import Database
from parley_common.storage.errors import DatabaseUnavailable

LOCK = text("SELECT pg_advisory_xact_lock(1)")


@pytest.mark.connected
async def test_client_that_freezes_in_a_transaction_loses_its_locks(database_url: Callable[[str], str]) -> None:
    settings = Settings(database_url=SecretStr(database_url("gateway")))
    frozen, other = (Database.open(settings, "gateway", "parley_gateway.store.migrations") for _ in range(2))

    async def freeze() -> None:
        async with frozen.transaction() as transaction:
            await transaction.execute(LOCK)
            async with asyncio.timeout(30), other.transaction() as another:
                await another.execute(LOCK)
            await transaction.execute(LOCK)

    with pytest.raises(DatabaseUnavailable):
        await freeze()
    async with frozen.transaction() as transaction:
        await transaction.execute(LOCK)
    await asyncio.gather(frozen.close(), other.close())
