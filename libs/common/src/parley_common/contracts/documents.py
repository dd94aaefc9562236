"""A document somebody uploaded: what turns it into passages that can be searched and cited, and what removes it."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from parley_common.contracts.jobs import Mode
from parley_common.contracts.model import Contract

# The kinds of blobs there are of a document: what was sent, its text as citations count it, and how that is divided.
DOCUMENT: Final = "document"
TEXT: Final = "text"
OUTLINE: Final = "outline"


class IngestDocument(Contract):
    """Make one version of a document searchable; `upload` is the key of its file in the blob store.

    Versions count up; each is ingested by one job, and the newest that was completed is the one that is searched.
    """

    document: UUID
    version: int
    upload: str
    filename: Annotated[str, StringConstraints(max_length=255)]
    media_type: str


class Ingested(Contract):
    """The version of a document that is searched now. `text` is the key of its canonical text in the blob store.

    `embedded` counts the chunks whose embeddings were computed for this version; those of the others were known.
    `notes` say, in words, what reading the file changed or left out.
    """

    document: UUID
    version: int
    text: str
    chunks: int
    embedded: int
    characters: int
    pages: int | None = None
    notes: list[str] = Field(default_factory=list)
    embedder: str
    dimensions: int
    mode: Mode
    model: str | None = None


class ForgetDocument(Contract):
    """Remove every trace of a document; `upload` is the key of its file in the blob store."""

    document: UUID
    upload: str


class ForgottenDocument(Contract):
    """A document of which nothing is left: so many of its points were removed, and none was found afterwards."""

    document: UUID
    points: int
