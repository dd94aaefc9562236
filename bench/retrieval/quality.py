"""BM25 alone, dense vectors alone and the product's fusion of both, by the share of gold characters they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from bench.measuring import Check, Figure
from bench.retrieval import library
from bench.retrieval.coverage import covered, within
from bench.retrieval.questions import Question, QuestionSet, question_set
from bench.size import QUICK, Size
from parley_common.embedding.embedder import EmbeddingSettings, open_embedder
from parley_common.vectors.index import Hit

TOP = 5
BUDGET = 1000
# At the best five, and at a thousand tokens.
Scores = tuple[float, float]
Ranking = Callable[[Sequence[Hit]], list[Hit]]


def by_words(hits: Sequence[Hit]) -> list[Hit]:
    return sorted((hit for hit in hits if hit.bm25 is not None), key=lambda hit: -(hit.bm25 or 0))


def by_meaning(hits: Sequence[Hit]) -> list[Hit]:
    return sorted((hit for hit in hits if hit.similarity is not None), key=lambda hit: -(hit.similarity or 0))


RANKINGS: dict[str, Ranking] = {"BM25": by_words, "dense": by_meaning, "fusion": list}


async def measure(size: Size) -> Figure:
    """Each ranking at the best five passages and at a thousand tokens, all texts in one index."""
    asked = question_set(every=10 if size == QUICK else 1)
    passages, found = await _found(asked)
    scores = {name: _scored(asked, [ranking(hits) for hits in found]) for name, ranking in RANKINGS.items()}
    (dense, near), (bm25, worded), (fusion, both) = (_means(scores[name]) for name in ("dense", "BM25", "fusion"))
    return Figure(
        f"Share of the marked characters found: {len(asked.questions)} questions on {len(asked.texts)} texts",
        [_line(name, asked, each) for name, each in scores.items()],
        [
            Check(f"fusion over dense, best {TOP}", fusion - dense, 8, "at least", "points"),
            Check(f"fusion over dense, {BUDGET} tokens", both - near, 8, "at least", "points"),
            Check(f"fusion over BM25, best {TOP}", fusion - bm25, 0, "at least", "points"),
            Check(f"fusion over BM25, {BUDGET} tokens", both - worded, 0, "at least", "points"),
            Check(f"fusion, {BUDGET} tokens", both, 86, "at least", "%"),
        ],
        [f"best {TOP} / {BUDGET} tokens, in %; {passages} passages of at most {library.TOKENS} tokens in one index"],
    )


async def _found(asked: QuestionSet) -> tuple[int, list[list[Hit]]]:
    """How many passages there are, and what is found for each question."""
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    with TemporaryDirectory() as data:
        try:
            async with library.index_in(Path(data), embedder) as index:
                passages = await library.store(index, embedder, asked.texts)
                vectors = await embedder.embed([question.text for question in asked.questions])
                return passages, [
                    await index.search(library.OWNER, "document", question.text, vector)
                    for question, vector in zip(asked.questions, vectors, strict=True)
                ]
        finally:
            await embedder.close()


def _scored(asked: QuestionSet, found: Sequence[Sequence[Hit]]) -> list[Scores]:
    return [_scores(question, hits) for question, hits in zip(asked.questions, found, strict=True)]


def _line(name: str, asked: QuestionSet, scores: Sequence[Scores]) -> str:
    by_text = {
        text: [each for each, question in zip(scores, asked.questions, strict=True) if question.corpus == text]
        for text in sorted(asked.texts)
    }
    parts = [f"{text} {_shares(each)}" for text, each in by_text.items() if each]
    return f"{name}: {_shares(scores)} ({', '.join(parts)})"


def _scores(question: Question, hits: Sequence[Hit]) -> Scores:
    passages = [library.passage(hit) for hit in hits]
    return covered(question, passages[:TOP]), covered(question, within(passages, BUDGET))


def _shares(scores: Sequence[Scores]) -> str:
    return "{:.1f} / {:.1f}".format(*_means(scores))


def _means(scores: Sequence[Scores]) -> tuple[float, float]:
    top, budget = (100 * mean(column) for column in zip(*scores, strict=True))
    return top, budget
