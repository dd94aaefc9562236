"""Several ranked lists become one by reciprocal ranks, so that a bad rewrite cannot lose what the question finds.

Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion" (SIGIR 2009), with k = 2, which suits short good lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from parley_chat.domain.passages import Passage

K = 2


def fused(lists: Sequence[Sequence[Passage]], *, limit: int) -> list[Passage]:
    """The best of all lists, each passage once, with its fused score and its highest similarity."""
    if len(lists) == 1:
        return list(lists[0])[:limit]
    scores: defaultdict[UUID, float] = defaultdict(float)
    passages: dict[UUID, Passage] = {}
    for ranked in lists:
        for rank, each in enumerate(ranked):
            scores[each.id] += 1 / (K + rank)
            passages[each.id] = _closer(passages.get(each.id), each)
    order = sorted(scores, key=lambda identity: (-scores[identity], identity))
    return [passages[each].model_copy(update={"score": scores[each]}) for each in order[:limit]]


def _closer(known: Passage | None, found: Passage) -> Passage:
    if known is None or (found.similarity or -1) > (known.similarity or -1):
        return found
    return known
