"""What stands behind ingestion's ports in these tests: small, real, and able to stop in the middle of a call."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from parley_common.errors import PermanentError
from parley_common.storage.blobs import Blobs
from parley_common.vectors.index import Kind, Point
from parley_ingest.domain.document import Canonical, Section

DIMENSIONS = 8


@dataclass
class Gate:
    """Is on every way in and every way out of a port; holds who passes it for the `at`-th time, until `open` is set."""

    at: int | None = None
    passed: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self, at: int) -> None:
        self.at, self.passed = at, 0
        self.reached.clear()
        self.open.clear()

    async def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.reached.set()
            await self.open.wait()


class PlainReader:
    """Reads text; a form feed ends a page, and what begins with `!` cannot be read."""

    def __init__(self, blobs: Blobs, gate: Gate) -> None:
        self._blobs = blobs
        self._gate = gate

    async def read(self, upload: str, filename: str) -> Canonical:
        await self._gate()
        text = b"".join([piece async for piece in self._blobs.read(upload)]).decode()
        if text.startswith("!"):
            raise PermanentError("The document is damaged.", code="document_corrupt")
        sections, start = [], 0
        for page, part in enumerate(text.split("\f"), start=1):
            end = min(len(text), start + len(part) + 1)
            sections.append(Section(start, end, (), page))
            start = end
        await self._gate()
        return Canonical(text, filename, sections, len(sections), [])


class HashingEmbedder:
    """A vector is a hash; a token is a word. `paid` are the texts it was given."""

    dimensions = DIMENSIONS
    window = 64

    def __init__(self, gate: Gate, name: str = "hashing") -> None:
        self.name = name
        self.paid: list[str] = []
        self._gate = gate

    def count(self, text: str) -> int:
        return len(text.split())

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        await self._gate()
        self.paid += texts
        await self._gate()
        return [[byte / 256 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSIONS]] for text in texts]

    async def close(self) -> None:
        """Nothing is open."""


class MemoryIndex:
    """Points by their id; `loses` makes it forget that many of each portion."""

    def __init__(self, gate: Gate) -> None:
        self.points: dict[UUID, Point] = {}
        self.loses = 0
        self._gate = gate

    async def upsert(self, points: Sequence[Point]) -> None:
        await self._gate()
        self.points |= {point.id: point for point in points[self.loses :]}
        await self._gate()

    async def publish(self, owner: str, kind: Kind, source: UUID, version: int) -> int:
        await self._gate()
        mine = [replace(point, draft=False) for point in self._of(owner, kind, source, version)]
        self.points |= {point.id: point for point in mine}
        await self._gate()
        return len(mine)

    async def count(self, owner: str, kind: Kind, source: UUID, version: int | None = None) -> int:
        await self._gate()
        return len(self._of(owner, kind, source, version))

    async def delete(
        self,
        owner: str,
        kind: Kind,
        source: UUID,
        *,
        version: int | None = None,
        except_version: int | None = None,
    ) -> None:
        await self._gate()
        for point in self._of(owner, kind, source, version):
            if point.version != except_version:
                del self.points[point.id]
        await self._gate()

    def _of(self, owner: str, kind: Kind, source: UUID, version: int | None) -> list[Point]:
        return [
            point
            for point in self.points.values()
            if (point.owner, point.kind, point.source) == (owner, kind, source) and version in (None, point.version)
        ]


class MemoryIndexes:
    """One index an embedder."""

    def __init__(self, gate: Gate) -> None:
        self.open: dict[str, MemoryIndex] = {}
        self._gate = gate

    def of(self, embedder: str, dimensions: int) -> MemoryIndex:
        assert dimensions == DIMENSIONS
        return self.open.setdefault(embedder, MemoryIndex(self._gate))

    async def close(self) -> None:
        """Nothing is open."""
