"""Real documents: the headings of manuals as questions, right when a passage of that section is among the best five.

The pages of `manuals.py` go through the whole of ingestion, as HTML, DOCX and PDF, each format searched by itself; and
the same files through a pipeline as it is commonly built, with the same model.
"""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from uuid import UUID

from pypdf import PdfReader

from bench.measuring import Check, Figure
from bench.peers.langchain_chroma import Pipeline
from bench.retrieval.library import index_in
from bench.retrieval.manuals import FORMATS, Section, files, sections, squeezed
from bench.size import QUICK, Size
from parley_common.embedding.embedder import Embedder, EmbeddingSettings, open_embedder
from parley_common.vectors.index import Hit, Index
from parley_gateway.security.settings import LOCAL_USER
from parley_standalone.client import Client
from parley_standalone.demo import private_system
from parley_standalone.servers import scratch_folder

TOP = 5


@dataclass(frozen=True)
class Found:
    """A passage that was returned: of which page of the manuals, its text, and the pages of a PDF it names."""

    page: str
    text: str
    pages: tuple[int, int] | None = None


@dataclass(frozen=True)
class Outcome:
    """What one format came to: how long ingestion took, and what was found for each question."""

    seconds: float
    found: list[list[Found]]


async def measure(size: Size) -> Figure:
    """PDF first, so that no embedding of it is known from another format."""
    known = sections()
    asked = known[::10] if size == QUICK else known
    formats = tuple(reversed(FORMATS))
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    try:
        vectors = await embedder.embed([each.question for each in asked])
        ours = await _parley(embedder, formats, asked, vectors)
        theirs = {kind: await asyncio.to_thread(_peer, embedder, kind, asked) for kind in formats}
    finally:
        await embedder.close()
    return _figure(asked, ours, theirs)


def _figure(asked: Sequence[Section], ours: Mapping[str, Outcome], theirs: Mapping[str, Outcome]) -> Figure:
    recall = {kind: (_recall(asked, ours[kind]), _recall(asked, theirs[kind])) for kind in ours}
    numbers = [len(PdfReader(path).pages) for path in files("pdf")]
    paces = [sum(numbers) / each["pdf"].seconds for each in (ours, theirs)]
    return Figure(
        f"Headings of {len(numbers)} pages of real manuals: is a passage of the section among the best {TOP}?",
        [
            *(
                f"{kind}: Parley {mine:.1f} %, LangChain and Chroma {other:.1f} %"
                for kind, (mine, other) in recall.items()
            ),
            f"PDF, {sum(numbers)} pages, file to searchable: Parley {paces[0]:.1f} pages/s, LangChain and Chroma"
            f" {paces[1]:.1f} pages/s",
        ],
        [
            *(Check(f"{kind}, over the peer", a - b, 0, "at least", "points") for kind, (a, b) in recall.items()),
            Check("passages of a PDF that name its page", _paged(ours["pdf"]), 99, "at least", "%"),
        ],
        [
            f"{len(asked)} questions; DOCX by pandoc and PDF by LibreOffice from the pages of Debian's packages",
            "The peer: a text of each file, RecursiveCharacterTextSplitter by the same tokens, Chroma, one process.",
            "Parley: uploads over HTTP, confined readers, a journal, a database on disk, a count read back.",
        ],
    )


async def _parley(
    embedder: Embedder, formats: Sequence[str], asked: Sequence[Section], vectors: Sequence[list[float]]
) -> dict[str, Outcome]:
    """All formats on one system, which then leaves its index to be searched as chat does."""
    with scratch_folder() as folder:
        async with private_system(folder, environment={"PATH": os.environ["PATH"]}) as url, Client(url) as client:
            uploaded = {kind: await _ingested(client, files(kind)) for kind in formats}
        async with index_in(folder / "data", embedder) as index:
            return {
                kind: Outcome(seconds, await _searched(index, asked, vectors, sources))
                for kind, (seconds, sources) in uploaded.items()
            }


async def _ingested(client: Client, paths: Sequence[Path]) -> tuple[float, list[UUID]]:
    """Uploaded all at once; how long until the last one could be searched, and what they are called."""
    began = time.perf_counter()
    sent = await asyncio.gather(*(client.upload_document(path.name, io.BytesIO(path.read_bytes())) for path in paths))
    sources = [UUID(each["id"]) for each in sent]
    for source in sources:
        while (found := await client.document(source))["processing_status"] != "completed":
            if found["processing_status"] == "failed":
                raise RuntimeError(f"{found['filename']} was not ingested: {found['processing_error']}")
            await asyncio.sleep(0.1)
    return time.perf_counter() - began, sources


async def _searched(
    index: Index, asked: Sequence[Section], vectors: Sequence[list[float]], sources: Sequence[UUID]
) -> list[list[Found]]:
    hits = [
        await index.search(LOCAL_USER, "document", each.question, vector, sources=sources)
        for each, vector in zip(asked, vectors, strict=True)
    ]
    return [[_found(hit) for hit in best[:TOP]] for best in hits]


def _found(hit: Hit) -> Found:
    start, end, page, last = (hit.payload[name] for name in ("start", "end", "page", "page_to"))
    text = hit.text[-(int(str(end)) - int(str(start))) :]
    pages = None if page is None else (int(str(page)), int(str(last)))
    return Found(Path(str(hit.payload["filename"])).stem, squeezed(text), pages)


def _peer(embedder: Embedder, kind: str, asked: Sequence[Section]) -> Outcome:
    with TemporaryDirectory() as folder:
        pipeline = Pipeline(embedder, Path(folder), kind)
        began = time.perf_counter()
        pipeline.ingest(files(kind))
        took = time.perf_counter() - began
        best = [pipeline.search(each.question, TOP) for each in asked]
        return Outcome(took, [[Found(page, squeezed(text)) for page, text in each] for each in best])


def _recall(asked: Sequence[Section], outcome: Outcome) -> float:
    pairs = zip(asked, outcome.found, strict=True)
    return 100 * mean(any(section.is_shown_by(each.page, each.text) for each in found) for section, found in pairs)


def _paged(outcome: Outcome) -> float:
    """Of the passages that were found, how many begin and end on the pages they name, read with another library."""
    texts = {path.stem: [squeezed(page.extract_text()) for page in PdfReader(path).pages] for path in files("pdf")}
    return 100 * mean(_is_there(each, texts[each.page]) for found in outcome.found for each in found)


def _is_there(found: Found, pages: Sequence[str]) -> bool:
    first, last = found.pages or (1, 1)
    begins = [0, *accumulate(map(len, pages))]
    at = "".join(pages).find(found.text, begins[first - 1])
    end = at + len(found.text)
    return 0 <= at < begins[first] and begins[last - 1] < end <= begins[last]
