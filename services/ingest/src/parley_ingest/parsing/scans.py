"""Pages that are pictures: recognised where tesseract is installed, and said so, as is what was not."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby, islice

from pypdfium2 import PdfDocument, PdfiumError, PdfPage
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from parley_ingest.parsing import tesseract
from parley_ingest.parsing.draft import Draft

# 300 dots an inch, as tesseract likes best, but never more dots than on a sheet of A3.
SCALE = 300 / 72
DOTS = 18_000_000
# A page with no more letters than a page number and a stamp have, of which pictures cover at least this share.
FEW_LETTERS = 20
COVERED = 0.25
# How many objects of a page, and of forms within forms, are looked at: pictures of whole pages are among the first.
OBJECTS = 2_000
FORMS_DEEP = 3
RANGES = 20


def is_pictured(page: PdfPage, lines: Sequence[str]) -> bool:
    """Whether a page says what it says in pictures."""
    if sum(map(str.isalnum, "".join(lines))) > FEW_LETTERS:
        return False
    width, height = page.get_size()
    return bool(_covered(page) >= COVERED * max(width * height, 1.0))


def recognised(data: bytes, numbers: Sequence[int], *, scanned: bool, draft: Draft) -> dict[int, str]:
    """The text of these pages of a PDF, counted from 0, those without any left out; notes say whose work it is.

    `scanned`: there are no other pages.
    """
    possible = tesseract.installed() and bool(draft.limits.ocr_pages)
    tried = list(numbers[: draft.limits.ocr_pages]) if possible else []
    read = {number: text for number, text in zip(tried, _texts(data, tried, draft), strict=True) if text.strip()}
    if scanned:
        _note_scan(len(tried), len(numbers), draft)
    else:
        _note_pages(numbers, tried, read, draft)
    return read


def _note_scan(tried: int, count: int, draft: Draft) -> None:
    if tried:
        draft.notes.append("The document is scanned: its text was recognised from pictures (OCR) and may have errors.")
    if 0 < tried < count:
        draft.notes.append(f"Only the first {tried} of its {count} pages were recognised.")


def _note_pages(numbers: Sequence[int], tried: Sequence[int], read: Iterable[int], draft: Draft) -> None:
    known = set(read)
    if known:
        draft.notes.append(f"{_named(sorted(known))} only images: the text was recognised (OCR) and may have errors.")
    if silent := [number for number in tried if number not in known]:
        draft.notes.append(f"{_named(silent)} only images, in which no text was recognised.")
    if unread := numbers[len(tried) :]:
        draft.notes.append(f"{_named(unread)} only images and {'were' if len(unread) > 1 else 'was'} not read.")


def _named(numbers: Sequence[int]) -> str:
    """`Pages 3-5 and 9 hold`, counted from 1."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    names = [f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    shown = names[:RANGES] + ([f"{len(names) - RANGES} more places"] if len(names) > RANGES else [])
    listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    return f"Page {listed} holds" if len(numbers) == 1 else f"Pages {listed} hold"


def _texts(data: bytes, numbers: Sequence[int], draft: Draft) -> list[str]:
    if not numbers:
        return []
    with PdfDocument(data) as document:
        pictures = (_picture(document, number) for number in numbers)
        return [tesseract.text_of(picture, languages=draft.limits.ocr_languages) for picture in pictures]


def _covered(page: PdfPage) -> float:
    """How much of a page its pictures cover, in square points; overlaps count twice."""
    covered = 0.0
    with suppress(PdfiumError):
        for each in islice(page.get_objects(max_depth=FORMS_DEEP), OBJECTS):
            if each.type == FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = each.get_bounds()
                covered += abs(right - left) * abs(top - bottom)
    return covered


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
