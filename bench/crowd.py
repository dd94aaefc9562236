"""`python -m bench.crowd <url>`: many sockets in a process of its own, each following one job, who time what they get.

It reads one JSON line, `{"paths": [...], "frozen": 0, "expect": ...}`, opens a socket per path, and prints `ready`.
On the next line it prints what was seen since: counts, latencies and holes. Frames carry the moment they were made
as `@<monotonic nanoseconds>;`, any number of times.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import time
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field

import uvloop
from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

STAMP = re.compile(r"@(\d+);")
SEQ = re.compile(r'"seq":(\d+)')
NANO = 1e9
AT_ONCE = 50
SMALL_BUFFER = 8_192


@dataclass
class Seen:
    """What all sockets together received; latencies are of single stamps, in seconds."""

    frames: int = 0
    stamps: int = 0
    control: int = 0
    holes: int = 0
    closed: int = 0
    latencies: list[float] = field(default_factory=list)


class Crowd:
    """The sockets of one process."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._seen = Seen()
        self._opening = asyncio.Semaphore(AT_ONCE)

    def taken(self) -> Seen:
        """What was seen since the last time."""
        seen, self._seen = self._seen, Seen()
        return seen

    async def open(self, stack: AsyncExitStack, path: str, *, say: str | None) -> ClientWebSocketResponse:
        async with self._opening:
            connection = await stack.enter_async_context(self._session.ws_connect(path, max_msg_size=0))
            if say:
                await connection.send_str(say)
            return connection

    async def read(self, connection: ClientWebSocketResponse) -> None:
        last = 0
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                last = self._take(message.data, last)
        self._seen.closed += 1

    def _take(self, text: str, last: int) -> int:
        now, seen = time.monotonic_ns(), self._seen
        seen.frames += 1
        for stamp in STAMP.findall(text):
            seen.stamps += 1
            seen.latencies.append((now - int(stamp)) / NANO)
        found = SEQ.search(text)
        if not found:
            return last
        seq = int(found[1])
        seen.control += 1
        seen.holes += last != 0 and seq != last + 1
        return seq


async def serve(url: str, lines: StreamReader) -> None:
    order = json.loads(await lines.readline())
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(url, connector=TCPConnector(limit=0)))
        crowd = Crowd(session)
        opened = await asyncio.gather(
            *(crowd.open(stack, path, say=say) for path, say in zip(order["paths"], order["say"], strict=True))
        )
        awake = opened[order["frozen"] :]
        for asleep in opened[: order["frozen"]]:
            _freeze(asleep)
        readers = [asyncio.create_task(crowd.read(each)) for each in awake]
        _print("ready")
        while await lines.readline():
            _print(json.dumps(asdict(crowd.taken())))
        for reader in readers:
            reader.cancel()


def _freeze(connection: ClientWebSocketResponse) -> None:
    """Never read again: what the server sends piles up in its own buffers soon."""
    transport = connection._conn.transport if connection._conn else None
    if transport:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        transport.pause_reading()


@dataclass
class Watched:
    """A crowd as the benchmark sees it."""

    process: Process

    async def seen(self) -> Seen:
        """What has been seen since the last call."""
        return Seen(**json.loads(await self._ask("\n")))

    async def _ask(self, line: str) -> str:
        assert self.process.stdin  # noqa: S101 - both are pipes
        assert self.process.stdout  # noqa: S101
        self.process.stdin.write(line.encode())
        return (await self.process.stdout.readline()).decode()


@asynccontextmanager
async def crowd(
    url: str, paths: Sequence[str], *, say: Sequence[str | None] | None = None, frozen: int = 0
) -> AsyncIterator[Watched]:
    """Open a socket per path; the first `frozen` of them never read."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crowd", url, stdin=PIPE, stdout=PIPE, limit=2**28
    )
    watched = Watched(process)
    try:
        order = {"paths": list(paths), "say": list(say or [None] * len(paths)), "frozen": frozen}
        if await watched._ask(json.dumps(order) + "\n") != "ready\n":
            raise RuntimeError("the readers could not connect")
        yield watched
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _main() -> None:
    lines = StreamReader(limit=2**28)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await serve(sys.argv[1], lines)


if __name__ == "__main__":
    uvloop.run(_main())
