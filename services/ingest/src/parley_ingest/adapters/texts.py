"""What was read of each version of a document, as blobs: its canonical text, and how that is divided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter

from parley_common.contracts.documents import OUTLINE, TEXT
from parley_common.storage.blobs import Blobs, key_of
from parley_ingest.domain.document import Canonical, Section

# Reading has limits of its own, far below.
LIMIT = 2**30


@dataclass(frozen=True)
class Outline:
    """All of a canonical document but its text."""

    title: str
    sections: list[Section]
    pages: int | None
    notes: list[str]


_OUTLINE = TypeAdapter(Outline)


class Texts:
    """The text is plain UTF-8, so that whoever has a citation can open it: its characters are what citations count."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def keep(self, document: UUID, version: int, canonical: Canonical) -> None:
        outline = Outline(canonical.title, canonical.sections, canonical.pages, canonical.notes)
        for kind, content in ((TEXT, canonical.text.encode()), (OUTLINE, _OUTLINE.dump_json(outline))):
            await self._blobs.put(key_of(kind, document, version), _whole(content), limit=LIMIT)

    async def get(self, document: UUID, version: int) -> Canonical:
        """Raises `BlobNotFound`."""
        text, outline = [await self._read(key_of(kind, document, version)) for kind in (TEXT, OUTLINE)]
        rest = _OUTLINE.validate_json(outline)
        return Canonical(text.decode(), rest.title, rest.sections, rest.pages, rest.notes)

    async def remove(self, document: UUID, version: int) -> None:
        for kind in (TEXT, OUTLINE):
            await self._blobs.delete(key_of(kind, document, version))

    async def _read(self, key: str) -> bytes:
        return b"".join([piece async for piece in self._blobs.read(key)])


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
