"""What any store of blobs must do, run on the one that keeps them in a folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from parley_common.errors import Invalid
from parley_common.storage.blobs import CHUNK, BlobNotFound, Blobs, BlobTooLarge, FolderBlobs, new_key

KEY = "upload/" + "0" * 32
BAD_KEYS = [
    "",
    "upload",
    "upload/",
    "../" + KEY,
    "upload/../" + "0" * 32,
    "/etc/passwd",
    KEY + "\n",
    KEY + ".csv",
    "upload\\" + "0" * 32,
    "Upload/" + "0" * 32,
    "upload/" + "A" * 32,
    "upload/" + "0" * 31 + "\0",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path) -> Blobs:
    return FolderBlobs(folder)


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def content(blobs: Blobs, key: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(key)])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_what_was_put_is_read_back_and_counted(blobs: Blobs) -> None:
    key = new_key("upload")
    assert await blobs.put(key, pieces(b"one ", b"", b"two"), limit=7) == 7
    assert (await content(blobs, key), await blobs.size(key)) == (b"one two", 7)


async def test_large_blob_is_read_in_pieces(blobs: Blobs) -> None:
    key, data = new_key("upload"), os.urandom(2 * CHUNK + 5)
    await blobs.put(key, pieces(data), limit=len(data))
    read = [chunk async for chunk in blobs.read(key)]
    assert max(map(len, read)) <= CHUNK
    assert b"".join(read) == data


async def test_empty_blob_is_a_blob(blobs: Blobs) -> None:
    key = new_key("upload")
    assert await blobs.put(key, pieces(), limit=0) == 0
    assert await content(blobs, key) == b""


async def test_one_byte_too_many_leaves_nothing_behind(blobs: Blobs, folder: Path) -> None:
    key = new_key("upload")
    with pytest.raises(BlobTooLarge) as error:
        await blobs.put(key, pieces(b"1234", b"5"), limit=4)
    assert (error.value.code, error.value.status) == ("body_too_large", 413)
    with pytest.raises(BlobNotFound):
        await blobs.size(key)
    assert files(folder) == []


async def test_counting_stops_the_sender_at_the_limit(blobs: Blobs) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 10

    with pytest.raises(BlobTooLarge):
        await blobs.put(new_key("upload"), endless(), limit=35)
    assert sent == 4


async def test_sender_that_breaks_off_leaves_nothing_behind(blobs: Blobs, folder: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.put(new_key("upload"), broken(), limit=100)
    assert files(folder) == []


async def test_cancelled_put_leaves_nothing_behind(blobs: Blobs, folder: Path) -> None:
    half_sent = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield b"half"
        half_sent.set()
        await asyncio.Event().wait()

    putting = asyncio.create_task(blobs.put(new_key("upload"), stalled(), limit=100))
    await half_sent.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert files(folder) == []


async def test_blob_is_not_there_until_it_is_whole(blobs: Blobs) -> None:
    key = new_key("upload")

    async def curious() -> AsyncIterator[bytes]:
        yield b"half"
        with pytest.raises(BlobNotFound):
            await blobs.size(key)
        yield b"whole"

    assert await blobs.put(key, curious(), limit=100) == 9


async def test_a_process_gets_the_content_as_a_file(blobs: Blobs) -> None:
    key = new_key("table")
    await blobs.put(key, pieces(b"PAR1"), limit=4)
    async with blobs.file(key) as path:
        assert path.read_bytes() == b"PAR1"


async def test_finished_file_is_taken_over(blobs: Blobs, folder: Path) -> None:
    key, made = new_key("table"), folder.parent / "made.parquet"
    made.write_bytes(b"PAR1")
    assert await blobs.take(key, made) == 4
    assert (await content(blobs, key), made.exists()) == (b"PAR1", False)


async def test_deleting_twice_is_as_good_as_once(blobs: Blobs) -> None:
    key = new_key("upload")
    await blobs.put(key, pieces(b"x"), limit=1)
    await blobs.delete(key)
    await blobs.delete(key)
    with pytest.raises(BlobNotFound):
        await content(blobs, key)


async def test_deleting_by_prefix_takes_one_kind_only(blobs: Blobs) -> None:
    uploads, table = [new_key("upload") for _ in range(3)], new_key("table")
    for key in (*uploads, table):
        await blobs.put(key, pieces(b"x"), limit=1)
    assert await blobs.delete_all(uploads[0]) == 1
    assert await blobs.delete_all("upload/") == 2
    assert await blobs.delete_all("upload/") == 0
    assert await blobs.size(table) == 1


@pytest.mark.parametrize("prefix", ["", "/", "upload", "../", "up*", "upload/*", "upload/../table/"])
async def test_prefix_that_is_none_deletes_nothing(blobs: Blobs, prefix: str) -> None:
    key = new_key("upload")
    await blobs.put(key, pieces(b"x"), limit=1)
    with pytest.raises(Invalid):
        await blobs.delete_all(prefix)
    assert await blobs.size(key) == 1


async def test_old_keys_of_one_kind_are_listed_and_old_pieces_forgotten(blobs: Blobs, folder: Path) -> None:
    old, young, other = new_key("upload"), new_key("upload"), new_key("table")
    for key in (old, young, other):
        await blobs.put(key, pieces(b"x"), limit=1)
    parts = [folder / "upload" / f".part-{name}" for name in ("old", "young")]
    for part in parts:
        part.touch()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for path in (folder / old, folder / other, parts[0]):
        os.utime(path, (moment.timestamp() - 1,) * 2)
    assert await blobs.keys("upload", before=moment) == [old]
    assert [part.exists() for part in parts] == [False, True]
    assert await blobs.keys("answer", before=moment) == []


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_key_that_was_not_made_here_is_refused(blobs: Blobs, key: str) -> None:
    with pytest.raises(Invalid):
        await blobs.put(key, pieces(b"x"), limit=1)
    with pytest.raises(Invalid):
        await blobs.size(key)
    with pytest.raises(Invalid):
        await blobs.delete(key)
    with pytest.raises(Invalid):
        await content(blobs, key)
    with pytest.raises(Invalid):
        async with blobs.file(key):
            pass


def test_keys_differ_and_carry_their_kind() -> None:
    keys = {new_key("upload") for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith("upload/") for key in keys)


@pytest.mark.parametrize("kind", ["", "../x", "a/b", "Name of a file.csv", "x" * 40])
def test_kind_is_a_word(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        new_key(kind)


async def test_unknown_key_is_not_found(blobs: Blobs) -> None:
    with pytest.raises(BlobNotFound):
        await content(blobs, KEY)
    with pytest.raises(BlobNotFound):
        async with blobs.file(KEY):
            pass


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another volume than the blobs."""
    memory = Path("/dev/shm")  # noqa: S108 - what matters is that it is another file system
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one file system here")
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


async def test_a_file_of_another_volume_is_taken_whole_and_gone_from_there(
    blobs: Blobs, folder: Path, elsewhere: Path
) -> None:
    made, key = elsewhere / "table", new_key("table")
    made.write_bytes(b"a table")
    assert await blobs.take(key, made) == 7
    assert (await content(blobs, key), made.exists()) == (b"a table", False)
    assert files(folder) == [key.partition("/")[2]]
