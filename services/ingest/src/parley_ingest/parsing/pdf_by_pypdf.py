"""PDF files too broken for PDFium: pypdf takes ten times as long and is more patient."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from parley_ingest.parsing.failures import damaged, protected


def pages_by_pypdf(data: bytes) -> Iterator[str]:
    """The text of each page; raises `UnreadableDocument`."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise protected()
        for page in reader.pages:
            yield page.extract_text()
    except DependencyError:
        raise protected() from None
    except PyPdfError:
        raise damaged() from None
