"""Asking a confined process about one file: it answers in time and within its limits, or it is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, cast

from parley_common.confined.cage import Bounds
from parley_common.uninterrupted import uninterrupted

End = Literal["too_slow", "out_of_memory", "too_long", "crashed"]
COMPLAINT_BYTES = 64 * 1024
_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory", b"Cannot allocate memory")


class NoAnswer(Exception):
    """The process came to no answer; `end` is what became of it. The file did that, not a defect of the program."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


async def ask(
    module: str,
    file: Path,
    *,
    given: Mapping[str, Any],
    scratch: Path,
    bounds: Bounds,
    wall: float,
    answer_bytes: int,
) -> dict[str, Any]:
    """What `module`, which calls `child.serve`, answers about `file`; JSON either way.

    `scratch` is the folder it may write to. Raises `NoAnswer` after `wall` seconds, for more than `answer_bytes` and
    for a process that died; when this returns or raises or is cancelled, no process is left.
    """
    request = _request(file, given, scratch=scratch, bounds=bounds)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", module), stdin=PIPE, stdout=PIPE, stderr=PIPE, env={"TZ": "UTC"}
    )
    try:
        async with asyncio.timeout(wall):
            answer, complaint = await _talk(process, request, answer_bytes)
            code = await process.wait()
    except TimeoutError:
        raise NoAnswer("too_slow") from None
    finally:
        await uninterrupted(_end(process))
    return _answered(answer, answer_bytes, code=code, complaint=complaint)


def _request(file: Path, given: Mapping[str, Any], *, scratch: Path, bounds: Bounds) -> bytes:
    said = {
        "file": str(file.absolute()),
        "given": given,
        "scratch": str(scratch.absolute()),
        "bounds": asdict(bounds),
        "parent": os.getpid(),
    }
    return json.dumps(said).encode()


async def _talk(process: Process, request: bytes, answer_bytes: int) -> tuple[bytes, bytes]:
    stdin = cast(asyncio.StreamWriter, process.stdin)
    # If it ended before it listened, its exit code says why.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(request)
        await stdin.drain()
    stdin.close()
    outputs = cast(asyncio.StreamReader, process.stdout), cast(asyncio.StreamReader, process.stderr)
    return await asyncio.gather(_read(outputs[0], answer_bytes + 1), _read(outputs[1], COMPLAINT_BYTES))


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


def _answered(answer: bytes, answer_bytes: int, *, code: int, complaint: bytes) -> dict[str, Any]:
    if code != 0:
        raise failure_of(code, complaint)
    if len(answer) > answer_bytes:
        raise NoAnswer("too_long")
    try:
        return dict(json.loads(answer))
    except (ValueError, TypeError):
        raise NoAnswer("crashed") from None


def failure_of(code: int, complaint: bytes) -> Exception:
    """What the end of the process means; 137 and the like would come from a shell, negative codes are signals."""
    if code == -signal.SIGXCPU:
        return NoAnswer("too_slow")
    if code == -signal.SIGKILL or any(words in complaint for words in _MEMORY):
        return NoAnswer("out_of_memory")
    if code < 0:
        return NoAnswer("crashed")
    return RuntimeError(f"a confined process ended with {code}: {complaint[-2000:].decode(errors='replace')}")
