"""Files that belong to nothing: whoever made them was killed before their row, or came too late to be stopped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from parley_common.contracts.datasets import PROFILE, TABLE, UPLOAD
from parley_common.contracts.documents import DOCUMENT
from parley_common.storage.blobs import Blobs
from parley_common.storage.database import Database
from parley_gateway.store import datasets, documents

AT_ONCE = 100

Kept = Callable[[AsyncConnection, Sequence[str]], Awaitable[set[str]]]
"""Which of these keys belong to something, be it deleted and not cleared away yet."""

# A kind of blob that has a row needs a line here.
KEPT: Mapping[str, Kept] = {
    UPLOAD: datasets.uploads_among,
    TABLE: datasets.files_among,
    PROFILE: datasets.files_among,
    DOCUMENT: documents.uploads_among,
}


class Orphans:
    """Deletes blobs that are older than `after` seconds and that nothing keeps; safe from several processes at once."""

    def __init__(self, database: Database, blobs: Blobs, *, after: float) -> None:
        self._database = database
        self._blobs = blobs
        self._after = timedelta(seconds=after)

    async def remove(self) -> None:
        for kind, kept in KEPT.items():
            old = await self._blobs.keys(kind, before=datetime.now(UTC) - self._after)
            for start in range(0, len(old), AT_ONCE):
                await self._remove_all_but(kept, old[start : start + AT_ONCE])

    async def _remove_all_but(self, kept: Kept, keys: Sequence[str]) -> None:
        async with self._database.read() as connection:
            keep = await kept(connection, keys)
        for key in set(keys) - keep:
            await self._blobs.delete(key)
