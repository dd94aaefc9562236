"""Pages that are pictures: recognised where tesseract is installed, and said so."""

from __future__ import annotations

import io

from pypdfium2 import PdfDocument, PdfiumError

from parley_ingest.parsing import tesseract
from parley_ingest.parsing.draft import Draft

# 300 dots an inch, as tesseract likes best, but never more dots than on a sheet of A3.
SCALE = 300 / 72
DOTS = 18_000_000


def recognised(data: bytes, count: int, draft: Draft) -> list[str]:
    """The text of each page of a PDF, none where it cannot be had, and a note that says whose work it is."""
    if not (tesseract.installed() and draft.limits.ocr_pages):
        return [""] * count
    readable = min(count, draft.limits.ocr_pages)
    with PdfDocument(data) as document:
        pictures = (_picture(document, number) for number in range(readable))
        texts = [tesseract.text_of(picture, languages=draft.limits.ocr_languages) for picture in pictures]
    draft.notes.append("The document is scanned: its text was recognised from pictures (OCR) and may have errors.")
    if readable < count:
        draft.notes.append(f"Only the first {readable} of its {count} pages were recognised.")
    return texts + [""] * (count - readable)


def _picture(document: PdfDocument, number: int) -> bytes:
    """A page as a picture, empty if it cannot be drawn."""
    try:
        page = document[number]
    except PdfiumError:
        return b""
    width, height = page.get_size()
    scale = min(SCALE, (DOTS / max(width * height, 1.0)) ** 0.5)
    picture = page.render(scale=scale, grayscale=True).to_pil()
    page.close()
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()
