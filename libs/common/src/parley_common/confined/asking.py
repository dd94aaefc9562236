"""Asking a confined process about one file: it answers in time and within its limits, or it is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any, Literal

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
    nice: int = 0,
) -> dict[str, Any]:
    """What `module`, which calls `child.serve`, answers about `file`; JSON either way.

    `scratch` is the folder it may write to; by `nice` it gives way to others where processors are short. Raises
    `NoAnswer` after `wall` seconds, for more than `answer_bytes` and for a process that died; when this returns or
    raises or is cancelled, no process is left.
    """
    request = _request(file, given, scratch=scratch, bounds=bounds)
    process = _started(module, nice)
    try:
        async with asyncio.timeout(wall):
            answer, complaint = await _talk(process, request, answer_bytes)
            code = await asyncio.to_thread(process.wait)
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


def _started(module: str, nice: int) -> Popen[bytes]:
    """Half a millisecond; the event loop's own way copies the page tables of this process, which stops it for tens."""
    command = (sys.executable, "-I", "-m", module)
    process = Popen(command, bufsize=0, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={"TZ": "UTC"})  # noqa: S603
    os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + nice)
    return process


async def _talk(process: Popen[bytes], request: bytes, answer_bytes: int) -> tuple[bytes, bytes]:
    assert process.stdin and process.stdout and process.stderr  # noqa: S101, PT018 - all are pipes
    _, answer, complaint = await asyncio.gather(
        asyncio.to_thread(_tell, process.stdin, request),
        _read(process.stdout.fileno(), answer_bytes + 1),
        _read(process.stderr.fileno(), COMPLAINT_BYTES),
    )
    return answer, complaint


def _tell(stdin: IO[bytes], request: bytes) -> None:
    # If it ended before it listened, its exit code says why.
    with suppress(BrokenPipeError), stdin:
        while request:
            request = request[stdin.write(request) :]


async def _read(pipe: int, limit: int) -> bytes:
    """Up to `limit` bytes; the rest is read and dropped, so that nobody waits for a full pipe.

    Not by `connect_read_pipe`: uvloop closes what it is given twice, and by then it may be a file of another thread.
    """
    loop, kept = asyncio.get_running_loop(), bytearray()
    ended = loop.create_future()

    def ready() -> None:
        if chunk := os.read(pipe, 65_536):
            kept.extend(chunk[: limit - len(kept)])
        elif not ended.done():
            ended.set_result(None)

    loop.add_reader(pipe, ready)
    try:
        await ended
    finally:
        loop.remove_reader(pipe)
    return bytes(kept)


async def _end(process: Popen[bytes]) -> None:
    process.kill()
    await asyncio.to_thread(process.wait)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


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
