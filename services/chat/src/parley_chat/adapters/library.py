"""Documents and earlier turns in the vector index, each search for one owner and checked again hit by hit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from parley_chat.domain.fusion import fused
from parley_chat.domain.memory import SPECIAL, pieces
from parley_chat.domain.passages import Passage, Turn
from parley_chat.domain.tokens import fitted
from parley_common.contracts.chat import SourceKind
from parley_common.contracts.jobs import JsonObject
from parley_common.embedding.embedder import Embedder
from parley_common.errors import PermanentError
from parley_common.vectors.index import Hit, Index, Point, point_id


class IndexLibrary:
    """`Library` over the index. `limit` is how many passages a search gives, and how many are kept of several."""

    def __init__(self, index: Index, embedder: Embedder, *, limit: int) -> None:
        self._index = index
        self._embedder = embedder
        self._limit = limit

    async def embed(self, texts: list[str]) -> list[list[float]]:
        room = self._embedder.window - SPECIAL
        return await self._embedder.embed([fitted(text, self._embedder.count, room) for text in texts])

    async def documents(self, owner: str, queries: list[str], vectors: list[list[float]]) -> list[Passage]:
        return await self._search(owner, "document", queries, vectors)

    async def turns(
        self, owner: str, queries: list[str], vectors: list[list[float]], excluding: list[UUID]
    ) -> list[Passage]:
        shown = set(excluding)
        found = await self._search(owner, "chat_history", queries, vectors)
        return [each for each in found if each.id not in shown]

    def points_of(self, owner: str, conversation: UUID, turns: Sequence[Turn]) -> list[UUID]:
        return [
            point_id(owner, conversation, turn.number, ordinal)
            for turn in turns
            for ordinal, _ in enumerate(pieces(turn, self._embedder.count, window=self._embedder.window))
        ]

    async def remember(self, owner: str, conversation: UUID, turn: Turn) -> int:
        parts = pieces(turn, self._embedder.count, window=self._embedder.window)
        vectors = await self._embedder.embed([part.text for part in parts])
        points = [
            Point(
                id=point_id(owner, conversation, turn.number, ordinal),
                owner=owner,
                kind="chat_history",
                source=conversation,
                version=turn.number,
                ordinal=ordinal,
                text=part.text,
                dense=vector,
                payload={"quotable": part.quotable, "turn": str(turn.job)},
            )
            for ordinal, (part, vector) in enumerate(zip(parts, vectors, strict=True))
        ]
        await self._index.upsert(points)
        return len(points)

    async def forget(self, owner: str, conversation: UUID) -> int:
        await self._index.delete(owner, "chat_history", conversation)
        return await self._index.count(owner, "chat_history", conversation)

    async def _search(
        self,
        owner: str,
        kind: SourceKind,
        queries: Sequence[str],
        vectors: Sequence[Sequence[float]],
    ) -> list[Passage]:
        lists = await asyncio.gather(
            *(
                self._index.search(owner, kind, query, vector, limit=self._limit)
                for query, vector in zip(queries, vectors, strict=True)
            )
        )
        return fused([[_passage(owner, kind, hit) for hit in hits] for hits in lists], limit=self._limit)


def _passage(owner: str, kind: SourceKind, hit: Hit) -> Passage:
    if hit.id != point_id(owner, hit.source, hit.version, hit.ordinal):
        raise PermanentError("The index gave a passage that is not this user's.", code="foreign_passage")
    text, start = _located(hit.text, hit.payload)
    return Passage(
        id=hit.id,
        kind=kind,
        source=hit.source,
        version=hit.version,
        ordinal=hit.ordinal,
        text=text,
        title=str(hit.payload.get("filename") or ""),
        heading=_heading(hit.payload),
        page=_number(hit.payload, "page"),
        start=start,
        quotable=_number(hit.payload, "quotable"),
        score=hit.score,
        similarity=hit.similarity,
    )


def _located(text: str, payload: JsonObject) -> tuple[str, int]:
    """The part of a passage that stands in its document, and where; headings may have been put before it."""
    start, end = _number(payload, "start"), _number(payload, "end")
    if start is None or end is None or not 0 < end - start <= len(text):
        return text, start or 0
    return text[len(text) - (end - start) :], start


def _heading(payload: JsonObject) -> str:
    path = payload.get("heading")
    return " / ".join(str(each) for each in path) if isinstance(path, list) else ""


def _number(payload: JsonObject, name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
