"""From an upload to a Parquet file and a profile, in a process of its own that may come to grief alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

from pydantic import ValidationError

from parley_common.contracts.datasets import Profile
from parley_common.uninterrupted import uninterrupted
from parley_research.datasets.failures import UnreadableDataset, unreadable
from parley_research.datasets.settings import DatasetSettings

CHILD = "parley_research.datasets.child"
SCRATCH = ".loading-"
ANSWER_BYTES = 32 * 2**20
COMPLAINT_BYTES = 64 * 1024


async def load(path_in: Path, path_out: Path, *, filename: str, settings: DatasetSettings) -> Profile:
    """Write the table in `path_in` to `path_out` as Parquet and say what it is like.

    `filename` is what its owner called it and is used for nothing but wording. Raises `UnreadableDataset`; then,
    and when cancelled, no process and no file is left.
    """
    size = (await asyncio.to_thread(path_in.stat)).st_size
    if size > settings.dataset_bytes:
        raise unreadable("too_large", f"The file has {size} bytes; {settings.dataset_bytes} are allowed.")
    scratch = await asyncio.to_thread(_scratch_beside, path_out, settings)
    try:
        described = await _described(path_in, scratch, filename=filename, settings=settings)
        table = scratch / "table.parquet"
        digest = await asyncio.to_thread(_sha256, table)
        profile = _profile({**described, "hash": digest, "size": size})
        await asyncio.to_thread(_publish, table, path_out)
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True))
    return profile


async def _described(path_in: Path, scratch: Path, *, filename: str, settings: DatasetSettings) -> dict[str, object]:
    request = {
        "upload": str(path_in),
        "scratch": str(scratch),
        "filename": filename,
        "limits": asdict(settings.limits),
        "parent": os.getpid(),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", CHILD), stdin=PIPE, stdout=PIPE, stderr=PIPE, env={"TZ": "UTC"}
    )
    try:
        async with asyncio.timeout(settings.dataset_wall):
            answer, complaint = await _talk(process, json.dumps(request).encode())
            code = await process.wait()
    except TimeoutError:
        raise unreadable("timeout", f"Reading the file took longer than {settings.dataset_wall:g} seconds.") from None
    finally:
        await uninterrupted(_end(process))
    return _answered(answer, code=code, complaint=complaint)


async def _talk(process: Process, request: bytes) -> tuple[bytes, bytes]:
    stdin = cast(asyncio.StreamWriter, process.stdin)
    # If it ended before it listened, its exit code says why.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(request)
        await stdin.drain()
    stdin.close()
    outputs = cast(asyncio.StreamReader, process.stdout), cast(asyncio.StreamReader, process.stderr)
    return await asyncio.gather(_read(outputs[0], ANSWER_BYTES), _read(outputs[1], COMPLAINT_BYTES))


async def _read(stream: asyncio.StreamReader, limit: int) -> bytes:
    """Up to `limit` bytes; the rest is read and dropped, so that nobody waits for a full pipe."""
    kept = bytearray()
    while chunk := await stream.read(65_536):
        kept += chunk[: limit - len(kept)]
    return bytes(kept)


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _answered(answer: bytes, *, code: int, complaint: bytes) -> dict[str, object]:
    if code != 0:
        raise _failure(code, complaint)
    try:
        spoken = json.loads(answer)
        if "failed" in spoken:
            raise UnreadableDataset(spoken["failed"]["detail"], code=spoken["failed"]["code"])
        return dict(spoken["profile"])
    except (ValueError, KeyError, TypeError):
        raise unreadable("unreadable", "The file could not be described.") from None


def _failure(code: int, complaint: bytes) -> Exception:
    """What the end of the process means; 137 and the like would come from a shell, negative codes are signals."""
    if code == -signal.SIGXCPU:
        return unreadable("timeout", "Reading the file took too much computing time.")
    memory = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory", b"Cannot allocate memory")
    if code == -signal.SIGKILL or any(words in complaint for words in memory):
        return unreadable("out_of_memory", "Reading the file takes more memory than is allowed.")
    if code < 0:
        return unreadable("unreadable", "The file makes its reader fail; it is probably damaged.")
    return RuntimeError(f"the reader of datasets ended with {code}: {complaint[-2000:].decode(errors='replace')}")


def _profile(described: dict[str, object]) -> Profile:
    try:
        return Profile.model_validate(described)
    except ValidationError:
        raise unreadable("unreadable", "The file could not be described.") from None


def _scratch_beside(path_out: Path, settings: DatasetSettings) -> Path:
    """A new folder on the same disk; what processes that died have left of theirs is removed."""
    folder = path_out.absolute().parent
    folder.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder, before=time.time() - 2 * settings.dataset_wall - 60)
    return Path(mkdtemp(prefix=SCRATCH, dir=folder))


def _remove_leftovers(folder: Path, *, before: float) -> None:
    for path in folder.glob(f"{SCRATCH}*"):
        # Others clear away at the same time, their own among it.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime >= before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _sha256(path: Path) -> str:
    """The hash of a file that another user wrote, who might have put a link in its place."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(table: Path, path_out: Path) -> None:
    if os.geteuid() == 0:
        os.chown(table, 0, 0, follow_symlinks=False)
    with table.open("rb") as file:
        os.fsync(file.fileno())
    table.rename(path_out)
