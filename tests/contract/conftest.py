"""Behaviour suites run on the embedded part and on the real server."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)])
def sql_url(request: pytest.FixtureRequest) -> str | None:
    """`None` for an SQLite file, else the address of an empty PostgreSQL database."""
    return None if request.param == "sqlite" else request.getfixturevalue("database_url")("enhancer")
