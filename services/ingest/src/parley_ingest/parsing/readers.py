"""Which reader a kind of document has; each is imported when it is needed, as their libraries take long to start."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, cast

from parley_common.documents import CSV, DOCX, EMAIL, EPUB, HTML, MARKDOWN, PDF, PPTX, TEXT, XLSX
from parley_ingest.parsing.draft import Draft

Reader = Callable[[BinaryIO, Draft], None]

MODULES = {
    PDF: "pdf",
    DOCX: "word",
    PPTX: "slides",
    XLSX: "workbook",
    EPUB: "book",
    HTML: "web",
    MARKDOWN: "markdown",
    CSV: "delimited",
    TEXT: "plain",
    EMAIL: "mail",
}


def reader_of(kind: str) -> Reader:
    """Writes what a file of this media type says to a draft, or raises whatever it stumbles over."""
    return cast(Reader, import_module(f"parley_ingest.parsing.{MODULES[kind]}").read)
