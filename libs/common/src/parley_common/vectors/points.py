"""What is stored of a passage and what a search gives back of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from parley_common.contracts.jobs import JsonObject

Kind = Literal["document", "chat_history"]

_NAMESPACE = UUID("5b0c6f0e-2f5a-4d0c-9a55-7f3b8f0c3d11")


def point_id(owner: str, source: UUID, version: int, ordinal: int) -> UUID:
    """The one id of a passage: storing it again replaces it, and no other owner's passage can have it."""
    return uuid5(_NAMESPACE, f"{source}/{version}/{ordinal}/{owner}")


@dataclass(frozen=True, slots=True)
class Point:
    """One passage of a document or of a conversation, which is its `source`.

    `id` is `point_id(...)`. `dense` is the embedder's vector; `text` is what words are looked up in. `payload` is
    whatever the caller wants back with a hit. A `draft` is counted and deleted like others, but found by no search.
    """

    id: UUID
    owner: str
    kind: Kind
    source: UUID
    version: int
    ordinal: int
    text: str
    dense: list[float]
    payload: JsonObject
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, `score` being the fused one.

    `similarity` is the cosine and `bm25` the weight of the shared words, each `None` when the passage was not among the
    best by that measure. They tell how good a hit is; the fused score only tells which one is better.
    """

    id: UUID
    source: UUID
    version: int
    ordinal: int
    text: str
    payload: JsonObject
    score: float
    similarity: float | None
    bm25: float | None


@dataclass(frozen=True, slots=True)
class Which:
    """Which passages an operation is about: always one owner's and of one kind, and no others.

    Drafts are among them, or only published passages.
    """

    owner: str
    kind: Kind
    sources: tuple[UUID, ...] | None = None
    excluding: tuple[UUID, ...] = ()
    version: int | None = None
    except_version: int | None = None
    drafts: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as one list of a search has it, its score being the cosine or the BM25 of that list."""

    id: UUID
    score: float
    source: UUID
    version: int
    ordinal: int
    text: str
    payload: JsonObject
