"""`python -m bench.ingest`: how soon an upload is answered, and how fast documents become searchable, on one process.

The system is the embedded one, as a user starts it; figures are taken over HTTP. Each is printed with the load of the
machine before it. `--quick` takes small sizes.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import sys
import time
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate

from parley_standalone.demo import private_system

QUICK = "--quick" in sys.argv
ANSWERED, CROWD, BOOKS = (50, 20, 2) if QUICK else (100, 100, 4)
PAGES, PARAGRAPHS, WORDS = 50, 4, 100
LARGE = 24 * 2**20
_SAID = (
    "the keeper of lighthouse counted ships and wrote down weather in a long book every evening before lamp was lit "
    "again while storm came over sea from north with heavy rain that nobody had expected so early this year although "
    "signs were clear to those who knew how read clouds birds wind waves and colour of water near rocks below tower"
)
VOCABULARY = _SAID.split()


async def main() -> None:
    """Measure everything."""
    with TemporaryDirectory(prefix="parley-bench-") as folder:
        environment = {"PATH": os.environ["PATH"]}
        async with (
            private_system(Path(folder), environment=environment) as url,
            httpx.AsyncClient(base_url=url, timeout=600, trust_env=False) as http,
        ):
            # The first document loads the model.
            await _ended(http, await _upload(http, "first.txt", b"The first one."))
            await _say(f"upload of 2 kB answered, {ANSWERED} times, nothing else at work", _answered(http))
            await _say(f"upload of {LARGE >> 20} MiB answered", _large(http))
            await _say(
                f"{BOOKS} PDFs of {PAGES} pages of {PARAGRAPHS * WORDS} words, upload to searchable", _pages(http)
            )
            await _say(f"{CROWD} small documents uploaded at once", _crowd(http))


async def _say(title: str, figure: Awaitable[str]) -> None:
    load = os.getloadavg()[0]
    sys.stdout.write(f"{title}: {await figure} (load {load:.1f})\n")
    sys.stdout.flush()


async def _answered(http: httpx.AsyncClient) -> str:
    """Ingested an hour later, so that the answer alone is measured."""
    later = {"run_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    took = []
    for number in range(ANSWERED):
        content = _text(random.Random(number), 330).encode()  # noqa: S311 - words, not secrets
        started = time.perf_counter()
        await _upload(http, f"{number}.txt", content, **later)
        took.append(1000 * (time.perf_counter() - started))
    return f"p50 {median(took):.0f} ms, p95 {quantiles(took, n=20)[-1]:.0f} ms"


async def _large(http: httpx.AsyncClient) -> str:
    """Beside it how long the same bytes take to the disk, which nobody can spare them."""
    content = os.urandom(LARGE // 2).hex().encode()
    later = {"run_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    started = time.perf_counter()
    await _upload(http, "large.txt", content, **later)
    took, plain = time.perf_counter() - started, await asyncio.to_thread(_written, content)
    return f"{1000 * took:.0f} ms; written and synced plainly: {1000 * plain:.0f} ms"


async def _pages(http: httpx.AsyncClient) -> str:
    books = await asyncio.gather(*(asyncio.to_thread(_pdf, number) for number in range(BOOKS)))
    alone, crowded = await _rate(http, books[:1]), await _rate(http, books[1:])
    return f"{alone}; {len(books) - 1} at once: {crowded}"


async def _rate(http: httpx.AsyncClient, books: Sequence[bytes]) -> str:
    """Computing time beside it: what two free cores would make of it, however busy they are just now."""
    started, spent = time.perf_counter(), _computed()
    sent = await asyncio.gather(*(_upload(http, f"{started}-{n}.pdf", book) for n, book in enumerate(books)))
    await asyncio.gather(*(_ended(http, each) for each in sent))
    took, spent, pages = time.perf_counter() - started, _computed() - spent, len(books) * PAGES
    chunks = sum([(await http.get(f"/api/upload/{each['id']}")).json()["chunks"] for each in sent])
    return f"{pages / took:.1f} pages/s, {chunks / took:.0f} chunks/s, {1000 * spent / pages:.0f} ms computed per page"


async def _crowd(http: httpx.AsyncClient) -> str:
    started = time.perf_counter()
    rng = random.Random(7)  # noqa: S311 - words, not secrets
    texts = [_text(rng, 150).encode() for _ in range(CROWD)]
    sent = await asyncio.gather(*(_upload(http, f"crowd-{n}.txt", text) for n, text in enumerate(texts)))
    answered = time.perf_counter() - started
    await asyncio.gather(*(_ended(http, each) for each in sent))
    return f"all answered in {answered:.1f} s, all searchable in {time.perf_counter() - started:.1f} s"


async def _upload(http: httpx.AsyncClient, name: str, content: bytes, **options: str) -> dict[str, Any]:
    answer = await http.post("/api/upload/", files={"file": (name, content)}, data=options)
    answer.raise_for_status()
    return dict(answer.json())


async def _ended(http: httpx.AsyncClient, accepted: dict[str, Any]) -> None:
    """Wait for it, asking as seldom as a patient client."""
    while (state := (await http.get(f"/api/upload/{accepted['id']}/status")).json())["status"] != "completed":
        if state["status"] == "failed":
            raise RuntimeError(f"{accepted['filename']} failed: {state['error']}")
        await asyncio.sleep(0.1)


def _computed() -> float:
    """Seconds the system has computed so far, its readers included."""
    times = [each.cpu_times() for each in psutil.Process().children()]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def _written(content: bytes) -> float:
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        with (Path(folder) / "file").open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        return time.perf_counter() - started


def _pdf(number: int) -> bytes:
    rng, style, file = random.Random(number), getSampleStyleSheet()["BodyText"], io.BytesIO()  # noqa: S311
    story: list[Flowable] = []
    for _ in range(PAGES):
        story += [Paragraph(_text(rng, WORDS), style) for _ in range(PARAGRAPHS)] + [PageBreak()]
    SimpleDocTemplate(file, pagesize=A4).build(story)
    return file.getvalue()


def _text(rng: random.Random, words: int) -> str:
    sentences = []
    while words > 0:
        length = min(words, rng.randint(8, 20))
        sentences.append(" ".join(rng.choices(VOCABULARY, k=length)).capitalize() + ".")
        words -= length
    return " ".join(sentences)


if __name__ == "__main__":
    asyncio.run(main())
