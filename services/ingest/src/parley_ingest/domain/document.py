"""A document as one text: what every format becomes, what citations point into, and what is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A span of the canonical text under one path of headings, outermost first, and on one page, if there are pages."""

    start: int
    end: int
    heading: tuple[str, ...]
    page: int | None


@dataclass(frozen=True)
class Canonical:
    """The text, normalised: NFC, `\\n` alone ends lines, no control characters but tabs, no surrogates.

    `sections` follow each other without gaps from its start to its end; positions count characters. `notes` are
    sentences for the owner: what was left out or guessed.
    """

    text: str
    title: str
    sections: list[Section]
    pages: int | None
    notes: list[str]
