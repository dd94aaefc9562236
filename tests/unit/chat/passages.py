"""Passages of known sizes, and the ports in memory: words as vectors, and an index that compares them."""

from __future__ import annotations

from uuid import UUID, uuid5

from parley_chat.domain.passages import Passage
from parley_common.contracts.chat import SourceKind

SPACE = UUID(int=7)


def passage(
    text: str,
    *,
    kind: SourceKind = "document",
    similarity: float | None = 0.6,
    score: float = 1.0,
    ordinal: int = 0,
    title: str = "",
    start: int = 0,
    quotable: int | None = None,
) -> Passage:
    identity = uuid5(SPACE, f"{kind}/{ordinal}/{text}")
    return Passage(
        id=identity,
        kind=kind,
        source=SPACE,
        version=1,
        ordinal=ordinal,
        text=text,
        title=title,
        start=start,
        quotable=quotable,
        score=score,
        similarity=similarity,
    )
