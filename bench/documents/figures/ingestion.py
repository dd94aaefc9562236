"""A manual from upload to searchable, alone on the machine, and the memory it takes."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from bench.documents.manual import manual
from bench.documents.system import running
from bench.measuring import Check, Figure
from bench.size import Size
from parley_common.embedding.tokens import Tokens


async def measure(size: Size) -> Figure:
    book = await asyncio.to_thread(manual, size.pages)
    async with running() as system:
        watching = asyncio.create_task(system.watch_readers())
        began, spent = time.perf_counter(), system.computed()
        sent = await system.upload("manual.pdf", book)
        (found,) = await system.ingested(sent)
        took, spent = time.perf_counter() - began, system.computed() - spent
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        text = (await system.http.get(f"/api/upload/{sent['id']}/text")).raise_for_status().json()["text"]
        worker = system.most_memory()
    tokens = Tokens().count(text)
    return Figure(
        f"A PDF of {size.pages} pages, from upload to searchable",
        [
            f"{size.pages / took:.1f} pages/s, {found['chunks'] / took:.0f} passages/s, {tokens / took:,.0f} tokens/s",
            f"{1000 * spent / size.pages:.0f} ms of processor time a page",
            f"most memory: {worker:.0f} MiB the system's one process, {system.readers:.0f} MiB the reader beside it",
        ],
        [
            Check("pages a second", size.pages / took, 15, "at least", "pages/s"),
            Check(
                "pages a second of two processors if nobody else wants them",
                2 * size.pages / spent,
                15,
                "at least",
                "pages/s",
            ),
            Check("memory", worker + system.readers, 600, unit="MiB"),
        ],
        [f"a page has {len(text) / size.pages:,.0f} characters, {tokens / size.pages:.0f} tokens"],
    )
