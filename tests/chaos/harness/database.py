"""Reading the services' databases past the services."""

from __future__ import annotations

from typing import Any

import asyncpg

Row = dict[str, Any]
Rows = list[Row]


async def fetch(url: str, query: str, *arguments: Any) -> Rows:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()
