"""PDF: the text of each page by PDFium, by pypdf where PDFium gives up, under the headings of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from pypdfium2 import PdfDocument, PdfiumError, PdfPage, PdfTextPage
from pypdfium2.raw import FPDF_ERR_PASSWORD

from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, protected, unreadable
from parley_ingest.parsing.normal import one_line
from parley_ingest.parsing.paragraphs import full_line, lines_of, paragraphs
from parley_ingest.parsing.pdf_headings import Entry, headings_of, outline_of, sizes_of
from parley_ingest.parsing.scans import is_pictured, recognised

# Names that programs give when nobody did.
_NO_TITLE = re.compile(r"\(?(untitled|anonymous|slide 1).*|microsoft \w+ - .*|[^ ]+\.\w{2,4}", re.I)


def read(file: BinaryIO, draft: Draft) -> None:
    data = file.read()
    try:
        with PdfDocument(data) as document:
            _check_pages(len(document), draft)
            headings, draft.title = outline_of(document), _title(document)
            pages = [_page(document, number, sized=not headings) for number in range(len(document))]
    except PdfiumError as error:
        if getattr(error, "err_code", None) == FPDF_ERR_PASSWORD:
            raise protected() from None
        headings, draft.title = [], ""
        pages = [_Page(lines_of(text)) for text in _by_pypdf(data, draft)]
    draft.pages = len(pages)
    headings = headings or headings_of([page.lines for page in pages], [page.sizes for page in pages])
    _write(_recognised(data, pages, draft), headings, draft)


def page_text(document: PdfDocument, number: int) -> str:
    with _text_of(document, number) as (_, text):
        return str(text.get_text_bounded())


@dataclass(frozen=True)
class _Page:
    """The lines of a page and how large each is printed, if that was asked; `pictured` if there is nothing else."""

    lines: list[str]
    sizes: list[float] = field(default_factory=list)
    pictured: bool = False

    @property
    def empty(self) -> bool:
        return not any(self.lines)


def _page(document: PdfDocument, number: int, *, sized: bool) -> _Page:
    with _text_of(document, number) as (page, text):
        lines = lines_of(str(text.get_text_bounded()))
        return _Page(lines, sizes_of(text, lines) if sized else [], is_pictured(page, lines))


@contextmanager
def _text_of(document: PdfDocument, number: int) -> Iterator[tuple[PdfPage, PdfTextPage]]:
    page = document[number]
    text = page.get_textpage()
    try:
        yield page, text
    finally:
        text.close()
        page.close()


def _title(document: PdfDocument) -> str:
    try:
        title = one_line(document.get_metadata_value("Title"))
    except UnicodeDecodeError:
        return ""
    return "" if _NO_TITLE.fullmatch(title) else title


def _check_pages(count: int, draft: Draft) -> None:
    if count > draft.limits.pages:
        raise unreadable("too_large", f"The document has {count} pages; {draft.limits.pages} are allowed.")


def _by_pypdf(data: bytes, draft: Draft) -> list[str]:
    # Few files need it, and it takes as long to import as PDFium takes for fifty pages.
    from parley_ingest.parsing.pdf_by_pypdf import pages_by_pypdf

    texts = []
    for number, text in enumerate(pages_by_pypdf(data), start=1):
        _check_pages(number, draft)
        texts.append(text)
    if not any(map(str.strip, texts)):
        raise damaged()
    draft.notes.append("The document is damaged; what could be read of it was read.")
    return texts


def _recognised(data: bytes, pages: list[_Page], draft: Draft) -> list[list[str]]:
    """The lines of each page, those of pictures recognised where that is possible; what is not read is noted."""
    if not pages:
        raise unreadable("empty", "The document has no pages.")
    scanned = all(page.empty for page in pages)
    pictures = [number for number, page in enumerate(pages) if scanned or page.pictured]
    read = recognised(data, pictures, scanned=scanned, draft=draft)
    if scanned and not any(map(str.strip, read.values())):
        detail = f"The document has {len(pages)} pages, but no text in them: it is probably scanned."
        raise unreadable("scanned", f"{detail} Please upload one whose text can be selected.")
    return [lines_of(read[number]) if number in read else page.lines for number, page in enumerate(pages)]


def _write(pages: list[list[str]], headings: list[Entry], draft: Draft) -> None:
    """Each page under the headings that lead to it, cut where one of them stands."""
    leading: dict[int, list[Entry]] = {}
    for entry in headings:
        leading.setdefault(entry.page, []).append(entry)
    for number, lines in enumerate(pages):
        draft.page(number + 1)
        full = full_line(lines)
        for heading, part in _parts(lines, leading.get(number, [])):
            said = "\n".join(paragraphs(part, full=full))
            if heading:
                draft.under(heading.name, heading.level)
                draft.block(said)
            else:
                draft.flow(said)


def _parts(lines: list[str], entries: Iterable[Entry]) -> Iterator[tuple[Entry | None, list[str]]]:
    """The lines before the first heading, then each heading and what follows it."""
    done, current = 0, None
    for entry in entries:
        at = done + _place(lines[done:], entry.name) if entry.line is None else entry.line
        yield current, lines[done:at]
        done, current = at, entry
    yield current, lines[done:]


def _place(lines: list[str], name: str) -> int:
    """The line a heading is, numbered or not, or the next one if the page does not show it."""
    wanted = _letters(name)
    for at, line in enumerate(lines if wanted else []):
        shown = _letters(line[: 2 * len(name) + 20])
        if shown.startswith(wanted) or (shown.endswith(wanted) and len(shown) < len(wanted) + 8):
            return at
    return 0


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
