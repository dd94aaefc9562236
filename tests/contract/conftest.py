"""Behaviour suites run on the embedded part and on the real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)])
def sql_url(request: pytest.FixtureRequest) -> str | None:
    """`None` for an SQLite file, else the address of an empty PostgreSQL database."""
    return None if request.param == "sqlite" else request.getfixturevalue("database_url")("enhancer")


@pytest.fixture(scope="session")
def model_address() -> Iterator[str]:
    """Where a real test model listens."""
    with serving() as address:
        yield address


@pytest.fixture
async def scripted(model_address: str) -> AsyncIterator[ScriptedModel]:
    """The test model, which answers as it is told and counts."""
    async with ScriptedModel(model_address) as scripted:
        await scripted.reset()
        yield scripted
        await scripted.reset()
