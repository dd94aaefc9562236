"""What ingestion needs from outside: someone who reads files, and an index that passages are put into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from parley_common.vectors.index import Kind, Point
from parley_ingest.domain.document import Canonical


class Reader(Protocol):
    """Makes text of files nobody vouches for."""

    async def read(self, upload: str, filename: str) -> Canonical:
        """The document under this key of the blob store; a `PermanentError` says why there is none to be had."""


class Index(Protocol):
    """Passages of one embedder's vectors, each of one owner and one source."""

    async def upsert(self, points: Sequence[Point]) -> None:
        """Returns when they are counted, and found unless they are drafts."""

    async def publish(self, owner: str, kind: Kind, source: UUID, version: int) -> int:
        """Let the drafts of a version be found; how many of its passages are now."""

    async def count(self, owner: str, kind: Kind, source: UUID, version: int | None = None) -> int: ...

    async def delete(
        self,
        owner: str,
        kind: Kind,
        source: UUID,
        *,
        version: int | None = None,
        except_version: int | None = None,
    ) -> None: ...


class Indexes(Protocol):
    """The indexes of all embedders there have been: a document is removed from the one it was put into."""

    def of(self, embedder: str, dimensions: int) -> Index: ...

    async def close(self) -> None: ...
