"""Files that clients send: streamed into the blob store, and gone again if nothing comes of them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from parley_common.errors import Invalid, PermanentError
from parley_common.storage.blobs import Blobs, new_key

if TYPE_CHECKING:
    from hashlib import _Hash

LONGEST_NAME = 255
PIECE = 1 << 20


@dataclass(frozen=True)
class Kept:
    """A file in the blob store: its key, what to call it, its size in bytes, and the SHA-256 of its content."""

    key: str
    name: str
    size: int
    hash: str


class Intake:
    """Takes in the files of one kind, none larger than `limit` bytes; one without a name is called `unnamed`."""

    def __init__(self, blobs: Blobs, *, kind: str, limit: int, unnamed: str) -> None:
        self._blobs = blobs
        self._unnamed = unnamed
        self._kind = kind
        self._limit = limit

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
