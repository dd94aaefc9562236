"""Many uploads at once while somebody chats: all become searchable, and the chat hardly notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle

from bench.documents.manual import pdf, shares
from bench.documents.system import System, running
from bench.measuring import Check, Figure, percentile
from bench.size import Size

# Two to three pages.
CHARACTERS = 6_000
KNOWN = 20
QUESTIONS = (
    "What happens when an exception is not handled?",
    "How is the order of attribute lookups decided?",
    "When does a with statement call the exit method?",
    "Which operators have the lowest precedence?",
    "What does the import system do when a module is not found?",
)


async def measure(size: Size) -> Figure:
    texts = shares(KNOWN + size.uploads, CHARACTERS)
    marked = [
        [*lines, f"The shelf mark of volume {_mark(number)} is {_mark(number)}."] for number, lines in enumerate(texts)
    ]
    files = await asyncio.to_thread(lambda: [pdf(lines) for lines in marked])
    async with running() as system:
        await _ingest(system, files[:KNOWN], first=0)
        questions = cycle(QUESTIONS)
        idle = [(await system.ask(next(questions)))[1] for _ in range(max(10, size.uploads // 2))]
        began = time.perf_counter()
        crowd = asyncio.create_task(_ingest(system, files[KNOWN:], first=KNOWN))
        busy: list[float] = []
        while not crowd.done():
            busy.append((await system.ask(next(questions)))[1])
        took = time.perf_counter() - began
        found = await _found(system, await crowd, first=KNOWN)
    ratio = percentile(busy, 0.95) / percentile(idle, 0.95)
    return Figure(
        f"{size.uploads} PDFs uploaded at once while somebody chats",
        [
            f"all searchable after {took:.1f} s",
            f"chat idle: {_told(idle)}",
            f"chat meanwhile: {_told(busy)}",
        ],
        [
            Check("documents found again by what only they say", found, size.uploads, "at least", "documents"),
            Check("chat p95 against idle", ratio, 2),
        ],
        [f"each PDF has about {CHARACTERS:,} characters; questions are asked one after the other"],
    )


async def _ingest(system: System, files: Sequence[bytes], *, first: int) -> list[str]:
    """The ids of the documents once all of them can be searched."""
    sent = await asyncio.gather(
        *(system.upload(f"{number}.pdf", content) for number, content in enumerate(files, start=first))
    )
    return [each["id"] for each in await system.ingested(*sent)]


async def _found(system: System, documents: Sequence[str], *, first: int) -> int:
    """How many are among the sources of an answer about their own mark."""
    found = 0
    for number, document in enumerate(documents, start=first):
        answer, _ = await system.ask(f"What is the shelf mark of volume {_mark(number)}?")
        found += document in {source["document_id"] for source in answer["sources"]}
    return found


def _mark(number: int) -> str:
    return f"qx{number:03}vz"


def _told(samples: Sequence[float]) -> str:
    p50, p95 = (1000 * percentile(samples, share) for share in (0.5, 0.95))
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms of {len(samples)} questions"
