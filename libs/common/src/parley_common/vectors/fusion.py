"""One ranking out of several whose scores cannot be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def fused(rankings: Iterable[Iterable[T]], *, k: float) -> dict[T, float]:
    """Reciprocal rank fusion: every item with its score, best first; items of equal score keep their order.

    An item that is `rank` places below the best of a ranking gets 1 / (k + rank) from it, which is Qdrant's formula.
    Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", SIGIR 2009.
    """
    scores: dict[T, float] = defaultdict(float)
    for ranking in rankings:
        for rank, item in enumerate(ranking):
            scores[item] += 1 / (k + rank)
    return dict(sorted(scores.items(), key=lambda scored: scored[1], reverse=True))
