"""How soon an upload is answered; what the bytes take to arrive and to reach the disk is nobody's to spare."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.documents.manual import shares
from bench.documents.system import System, running
from bench.measuring import Check, Figure, percentile
from bench.size import Size

LARGE = 24 * 2**20
TURNS = 10


async def measure(size: Size) -> Figure:
    small = ["\n\n".join(lines).encode() for lines in shares(size.uploads, 2_000)]
    large = [os.urandom(LARGE // 2).hex().encode() for _ in range(max(2, size.uploads // TURNS))]
    async with running() as system:
        quick = [await _seconds(system, f"{number}.txt", text) for number, text in enumerate(small)]
        slow, transfer = [], []
        for number, content in enumerate(large):
            slow.append(await _seconds(system, f"large-{number}.txt", content))
            transfer.append(await _transfer(content))
    beyond = [1000 * (each - median(transfer)) for each in slow]
    p95 = 1000 * percentile(quick, 0.95)
    return Figure(
        "Upload answered: file, document and job are on disk",
        [
            f"2 kB: p50 {1000 * median(quick):.0f} ms, p95 {p95:.0f} ms of {len(quick)}",
            f"{LARGE >> 20} MiB: p50 {1000 * median(slow):.0f} ms of {len(slow)};"
            f" the same bytes through a bare socket to a synced file p50 {1000 * median(transfer):.0f} ms",
        ],
        [
            Check("p95 of 2 kB", p95, 50, unit="ms"),
            Check(f"p50 of {LARGE >> 20} MiB beyond the bare socket", median(beyond), 50, unit="ms"),
        ],
        ["one after the other; none is ingested meanwhile, so that the answer alone is measured"],
    )


async def _seconds(system: System, name: str, content: bytes) -> float:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    began = time.perf_counter()
    await system.upload(name, content, run_at=later)
    return time.perf_counter() - began


async def _transfer(content: bytes) -> float:
    """Seconds for as many bytes over the loopback into a file that is then synced."""
    done = asyncio.Event()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with TemporaryDirectory() as folder, (Path(folder) / "file").open("wb") as file:
            while piece := await reader.read(2**20):
                file.write(piece)
            await asyncio.to_thread(os.fsync, file.fileno())
        writer.close()
        done.set()

    async with await asyncio.start_server(keep, "127.0.0.1", 0) as server:
        began = time.perf_counter()
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(content)
        await writer.drain()
        writer.close()
        await done.wait()
        return time.perf_counter() - began
