"""Files too large for messages and rows: put in under a key made here, read back whole or in pieces."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID, uuid4, uuid5

from pydantic import Field

from parley_common.errors import Invalid, NotFound, PermanentError
from parley_common.settings import Settings
from parley_common.uninterrupted import uninterrupted

CHUNK = 1 << 20
# A name somebody chose never becomes part of a key, so nothing in a key can climb out of the folder.
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KEY = re.compile(r"[a-z][a-z0-9-]{0,31}/[0-9a-f]{32}")
_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,31}/[0-9a-f]{0,32}")


class BlobTooLarge(PermanentError):
    """More bytes than are allowed; nothing of them was kept."""

    code = "too_large"
    status = 413


class BlobNotFound(NotFound):
    """No blob has this key."""


def new_key(kind: str) -> str:
    """A key nobody can guess, such as `upload/5f0c…`; `kind` is a word of ours, never a user's."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of blob: {kind!r}")
    return f"{kind}/{uuid4().hex}"


def key_of(kind: str, identity: UUID, version: int | None = None) -> str:
    """The key of what there is one of for each of something that has an id, or for each version of it.

    The table of a dataset; the text of a document as its second version has it.
    """
    of = identity if version is None else uuid5(identity, str(version))
    return f"{kind}/{of.hex}"


def prefix_of(kind: str, digest: str) -> str:
    """How the keys begin of all that belongs to something known by a hash; sixteen hexadecimal digits complete one."""
    return f"{kind}/{digest[:16]}"


class BlobSettings(Settings):
    """Where files are kept; services that share datasets and documents need the same folder."""

    blobs: Path | None = Field(None, alias="PARLEY_BLOBS")

    @property
    def blobs_folder(self) -> Path:
        return self.blobs or self.data / "blobs"


class Blobs(Protocol):
    """Where files are kept. A key comes from `new_key`; any other raises `Invalid`, an unknown one `BlobNotFound`."""

    async def put(self, key: str, content: AsyncIterable[bytes], *, limit: int) -> int:
        """Keep `content` whole or not at all and return its size; raises `BlobTooLarge` beyond `limit` bytes."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The content in pieces of at most `CHUNK` bytes."""
        ...

    def file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A local file with the content, for a process that needs one; not to be changed, gone after the block."""
        ...

    async def take(self, key: str, path: Path) -> int:
        """Keep the file at `path`, which is gone from there afterwards, and return its size."""
        ...

    async def size(self, key: str) -> int:
        """The number of bytes."""
        ...

    async def delete(self, key: str) -> None:
        """Forget it; no error if there is none."""
        ...

    async def delete_all(self, prefix: str) -> int:
        """Forget every blob whose key starts with `prefix`, a kind with its slash at least; how many there were."""
        ...

    async def keys(self, kind: str, *, before: datetime) -> list[str]:
        """The keys of this kind put in before then; what was cut off on its way in by then is forgotten."""
        ...


class FolderBlobs:
    """Blobs as files of one folder. A blob appears at once and whole, and outlives a power cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    async def put(self, key: str, content: AsyncIterable[bytes], *, limit: int) -> int:
        target = self._path(key)
        part = target.with_name(f".part-{uuid4().hex}")
        try:
            size = await _write(content, part, limit=limit)
            await uninterrupted(asyncio.to_thread(_move, part, target))
        finally:
            await uninterrupted(asyncio.to_thread(part.unlink, missing_ok=True))
        return size

    async def read(self, key: str) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(_open, self._path(key))
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            file.close()

    @asynccontextmanager
    async def file(self, key: str) -> AsyncIterator[Path]:
        await self.size(key)
        yield self._path(key)

    async def take(self, key: str, path: Path) -> int:
        await uninterrupted(asyncio.to_thread(_move, path, self._path(key)))
        return await self.size(key)

    async def size(self, key: str) -> int:
        return await asyncio.to_thread(_size, self._path(key))

    async def delete(self, key: str) -> None:
        path = self._path(key)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def delete_all(self, prefix: str) -> int:
        if not _PREFIX.fullmatch(prefix):
            raise Invalid("not the beginning of a blob's key")
        kind, start = prefix.split("/")
        return await asyncio.to_thread(_delete_starting, self._folder / kind, start)

    async def keys(self, kind: str, *, before: datetime) -> list[str]:
        return await asyncio.to_thread(_old, self._folder / kind, before.timestamp())

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise Invalid("not a blob's key")
        return self._folder / key


async def _write(content: AsyncIterable[bytes], part: Path, *, limit: int) -> int:
    size = 0
    file = await uninterrupted(asyncio.to_thread(_create, part))
    try:
        async for chunk in content:
            size += len(chunk)
            if size > limit:
                raise BlobTooLarge(f"more than {limit} bytes")
            await uninterrupted(asyncio.to_thread(file.write, chunk))
    finally:
        await uninterrupted(asyncio.to_thread(file.close))
    return size


def _create(part: Path) -> BinaryIO:
    part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return part.open("xb")


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sync(path)
    path.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise BlobNotFound("no such blob") from None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise BlobNotFound("no such blob") from None


def _old(folder: Path, before: float) -> list[str]:
    old = [path for path in folder.glob("*") if _modified(path, before) < before]
    for path in old:
        if path.name.startswith(".part-"):
            path.unlink(missing_ok=True)
    keys = (f"{folder.name}/{path.name}" for path in old)
    return [key for key in keys if _KEY.fullmatch(key)]


def _modified(path: Path, default: float) -> float:
    """Other processes delete files as well: one that is gone was not modified before `default`."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return default


def _delete_starting(folder: Path, start: str) -> int:
    found = [path for path in folder.glob(f"{start}*") if not path.name.startswith(".")]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
