"""Files that clients send: streamed into the blob store, and gone again if nothing comes of them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile

from parley_common.errors import Invalid, PermanentError
from parley_common.storage.blobs import Blobs, new_key
from parley_common.storage.database import Database

if TYPE_CHECKING:
    from hashlib import _Hash

AT_ONCE = 100
LONGEST_NAME = 255
PIECE = 1 << 20

Among = Callable[[AsyncConnection, Sequence[str]], Awaitable[set[str]]]
"""Those of some keys that somebody still needs."""


@dataclass(frozen=True)
class Kept:
    """A file in the blob store: its key, what to call it, its size in bytes, and the SHA-256 of its content."""

    key: str
    name: str
    size: int
    hash: str


class Intake:
    """Takes in the files of one kind, none larger than `limit` bytes; one without a name is called `unnamed`."""

    def __init__(self, blobs: Blobs, *, kind: str, limit: int, orphan_after: float, unnamed: str) -> None:
        self._blobs = blobs
        self._unnamed = unnamed
        self._kind = kind
        self._limit = limit
        self._orphan_after = timedelta(seconds=orphan_after)

    @asynccontextmanager
    async def taking(self, file: UploadFile) -> AsyncIterator[Kept]:
        """The file, stored; a `PermanentError` in the block removes it again.

        After any other error a commit may have happened; if not, the file is an orphan. Raises `BlobTooLarge`, or
        `Invalid` if there is no file.
        """
        if not (file.filename or file.size):
            raise Invalid("No file was chosen.", code="file_missing")
        key, digest = new_key(self._kind), hashlib.sha256()
        size = await self._blobs.put(key, _pieces(file, digest), limit=self._limit)
        kept = Kept(key, name_of(file.filename or "", otherwise=self._unnamed), size, digest.hexdigest())
        try:
            yield kept
        except PermanentError:
            await self.discard(kept.key)
            raise

    async def discard(self, key: str) -> None:
        await self._blobs.delete(key)

    async def remove_orphans(self, database: Database, among: Among) -> None:
        """Delete old files that nothing came of: their process was killed between the file and its row."""
        old = await self._blobs.keys(self._kind, before=datetime.now(UTC) - self._orphan_after)
        for start in range(0, len(old), AT_ONCE):
            some = old[start : start + AT_ONCE]
            async with database.read() as connection:
                kept = await among(connection, some)
            for key in set(some) - kept:
                await self.discard(key)


def name_of(filename: str, *, otherwise: str) -> str:
    """What to call a file: its name without folders, shortened before its ending, which may say how to read it."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = name if name.strip(" .") else otherwise
    ending = PurePosixPath(name).suffix[:16]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending


async def _pieces(file: UploadFile, digest: _Hash) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        digest.update(piece)
        yield piece
