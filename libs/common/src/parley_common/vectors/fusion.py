"""One ranking out of several whose scores cannot be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
# Where a passage stands: what it is a part of, and which part.
Place = tuple[Hashable, int]


def fused(rankings: Iterable[tuple[float, Iterable[T]]], *, k: float) -> dict[T, float]:
    """Reciprocal rank fusion of rankings, each with its weight: every item with its score, best first.

    An item that is `rank` places below the best of a ranking gets weight / (k + rank) from it, which is Qdrant's
    formula; items of equal score keep their order. Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion
    outperforms Condorcet", SIGIR 2009.
    """
    scores: dict[T, float] = defaultdict(float)
    for weight, ranking in rankings:
        for rank, item in enumerate(ranking):
            scores[item] += weight / (k + rank)
    return _best_first(scores)


def beside(scores: Mapping[T, float], places: Mapping[T, Place], *, share: float) -> dict[T, float]:
    """Each score with a share of those of the items right before and after it, as far as they are there; best first.

    What answers a question seldom ends where a passage does, and a passage about it seldom stands alone.
    """
    at = {place: scores[item] for item, place in places.items()}
    return _best_first(
        {
            item: score + share * sum(at.get((source, part), 0.0) for part in (number - 1, number + 1))
            for item, score in scores.items()
            for source, number in (places[item],)
        }
    )


def _best_first(scores: Mapping[T, float]) -> dict[T, float]:
    return dict(sorted(scores.items(), key=lambda scored: scored[1], reverse=True))
