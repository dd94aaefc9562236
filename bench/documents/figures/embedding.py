"""The model in process: passages, a question alone, and a question beside a document."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from itertools import cycle, islice

from bench.embedding import TOKENS, memory, passages, questions
from bench.measuring import Check, Figure, percentile
from bench.size import Size
from parley_common.embedding.embedder import EmbeddingSettings, open_embedder
from parley_common.embedding.tokens import Tokens

PASSAGES, QUESTIONS = 256, 200


async def measure(size: Size) -> Figure:
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    many = list(islice(cycle(passages(Tokens())), PASSAGES))
    await questions(embedder, 10)
    alone = await questions(embedder, QUESTIONS)
    rounds = [await _pace(embedder.embed(many)) for _ in range(size.rounds)]
    document = asyncio.create_task(embedder.embed(many))
    beside = await questions(embedder, QUESTIONS, document)
    await document
    await embedder.close()
    (clock, worked), held = (max(each) for each in zip(*rounds, strict=True)), await asyncio.to_thread(memory)
    return Figure(
        "The embedding model in process",
        [
            f"passages of {TOKENS} tokens: {clock:.0f} a second by the clock, {worked:.0f} a second of one processor",
            f"a question alone: {_told(alone)}",
            f"a question beside {PASSAGES} passages: {_told(beside)}",
            f"resident memory: {' → '.join(held)} MB at the start, with the port imported, after 64 long passages",
        ],
        [
            Check("passages a second", clock, 118, "at least", "passages/s"),
            Check("a question", 1000 * percentile(alone, 0.5), 1.8, unit="ms"),
            Check("memory of a process that embeds", float(held[-1]), 145, unit="MB"),
        ],
        [f"passages: the best of {size.rounds} rounds"],
    )


async def _pace(embedding: Awaitable[object]) -> tuple[float, float]:
    """Passages a second by the clock, and of one processor."""
    began, worked = time.perf_counter(), time.process_time()
    await embedding
    return PASSAGES / (time.perf_counter() - began), PASSAGES / (time.process_time() - worked)


def _told(samples: Sequence[float]) -> str:
    return f"p50 {1000 * percentile(samples, 0.5):.1f} ms, p95 {1000 * percentile(samples, 0.95):.1f} ms"
