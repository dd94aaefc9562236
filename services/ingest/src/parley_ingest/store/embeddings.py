"""Embeddings that were paid for, by owner, text and embedder: the same text is never embedded twice."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from parley_common.storage.database import Database
from parley_common.storage.dialect import insert
from parley_ingest.store.tables import embedding
from parley_ingest.store.versions import wanted


class Embeddings:
    """Vectors by the hash of their text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, owner: str, embedder: str, hashes: Collection[str]) -> dict[str, list[float]]:
        mine = embedding.c.owner == owner, embedding.c.embedder == embedder, embedding.c.hash.in_(hashes)
        async with self._database.read() as connection:
            rows = await connection.execute(select(embedding.c.hash, embedding.c.vector).where(*mine))
            return {row.hash: _numbers(row.vector) for row in rows}

    async def keep(
        self, owner: str, identity: UUID, number: int, *, embedder: str, vectors: Mapping[str, Sequence[float]]
    ) -> None:
        """Keep what this version of a document paid for; raises as `wanted` does."""
        rows = [
            {"owner": owner, "embedder": embedder, "hash": hash, "vector": _bytes(vector)}
            for hash, vector in vectors.items()
        ]
        async with self._database.transaction() as transaction:
            await wanted(transaction, owner, identity, number)
            await transaction.execute(insert(transaction, embedding).on_conflict_do_nothing(), rows)


def _bytes(vector: Sequence[float]) -> bytes:
    return _little_endian(array("f", vector)).tobytes()


def _numbers(stored: bytes) -> list[float]:
    return list(_little_endian(array("f", stored)))


def _little_endian(numbers: array[float]) -> array[float]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
