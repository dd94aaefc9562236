"""BM25 alone, dense vectors alone and the product's fusion of both, by the share of gold characters they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from bench.retrieval import library
from bench.retrieval.coverage import covered, within
from bench.retrieval.questions import Question, QuestionSet, read
from parley_common.embedding.embedder import EmbeddingSettings, open_embedder
from parley_common.vectors.index import Hit

TOP = 5
BUDGET = 1000
Ranking = Callable[[Sequence[Hit]], list[Hit]]


def by_words(hits: Sequence[Hit]) -> list[Hit]:
    return sorted((hit for hit in hits if hit.bm25 is not None), key=lambda hit: -(hit.bm25 or 0))


def by_meaning(hits: Sequence[Hit]) -> list[Hit]:
    return sorted((hit for hit in hits if hit.similarity is not None), key=lambda hit: -(hit.similarity or 0))


RANKINGS: dict[str, Ranking] = {"BM25": by_words, "dense": by_meaning, "fusion": list}


async def report(folder: Path, **settings: object) -> str:
    """A table: each ranking at the best five passages and at a thousand tokens, all texts in one index."""
    asked = read(folder)
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    with TemporaryDirectory() as data:
        try:
            async with library.index_in(Path(data), embedder, **settings) as index:
                passages = await library.store(index, embedder, asked.texts)
                vectors = await embedder.embed([question.text for question in asked.questions])
                found = [
                    await index.search(library.OWNER, "document", question.text, vector)
                    for question, vector in zip(asked.questions, vectors, strict=True)
                ]
        finally:
            await embedder.close()
    size = f"{len(asked.questions)} questions, {passages} passages of {len(asked.texts)} texts"
    title = f"{size}; top {TOP} / {BUDGET} tokens"
    return "\n".join([title, *(_line(name, asked, found) for name in RANKINGS)])


def _line(name: str, asked: QuestionSet, found: Sequence[Sequence[Hit]]) -> str:
    scores = [_scores(question, RANKINGS[name](hits)) for question, hits in zip(asked.questions, found, strict=True)]
    corpora = sorted(asked.texts)
    parts = [f"{corpus} {_shares(scores, asked, corpus)}" for corpus in corpora]
    return f"{name:8}{_shares(scores, asked)}   ({', '.join(parts)})"


def _scores(question: Question, hits: Sequence[Hit]) -> tuple[float, float]:
    passages = [library.passage(hit) for hit in hits]
    return covered(question, passages[:TOP]), covered(question, within(passages, BUDGET))


def _shares(scores: Sequence[tuple[float, float]], asked: QuestionSet, corpus: str | None = None) -> str:
    pairs = zip(scores, asked.questions, strict=True)
    chosen = [each for each, question in pairs if corpus in (None, question.corpus)]
    top, budget = (100 * mean(column) for column in zip(*chosen, strict=True))
    return f"{top:.1f} / {budget:.1f}"
