"""PDF: the text of each page by PDFium, by pypdf where PDFium gives up, and what its outline calls the parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pypdfium2 import PdfBookmark, PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, protected, unreadable
from parley_ingest.parsing.normal import one_line
from parley_ingest.parsing.paragraphs import full_line, lines_of, paragraphs
from parley_ingest.parsing.scans import recognised

OUTLINE_DEPTH = 8
OUTLINE_ITEMS = 20_000
# Names that programs give when nobody did.
_NO_TITLE = re.compile(r"\(?(untitled|anonymous|slide 1).*|microsoft \w+ - .*|[^ ]+\.\w{2,4}", re.I)


@dataclass(frozen=True)
class Entry:
    """One line of the outline: a heading, how deep it is, and the page it leads to, counted from 0."""

    name: str
    level: int
    page: int


def read(file: BinaryIO, draft: Draft) -> None:
    data = file.read()
    try:
        with PdfDocument(data) as document:
            _check_pages(len(document), draft)
            texts = [page_text(document, number) for number in range(len(document))]
            outline, title = _outline(document), _title(document)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == FPDF_ERR_PASSWORD:
            raise protected() from None
        texts, outline, title = _by_pypdf(data, draft), [], ""
    if not any(map(str.strip, texts)):
        texts = _scanned(data, len(texts), draft)
    draft.title, draft.pages = title, len(texts)
    _write(texts, outline, draft)


def page_text(document: PdfDocument, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return str(text.get_text_bounded())
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


def _outline(document: PdfDocument) -> list[Entry]:
    entries = []
    for item in document.get_toc(max_depth=OUTLINE_DEPTH):
        if entry := _entry(item):
            entries.append(entry)
        if len(entries) == OUTLINE_ITEMS:
            break
    return entries


def _entry(item: PdfBookmark) -> Entry | None:
    """None for one without a name, or that leads elsewhere than to a page."""
    try:
        name, destination = one_line(item.get_title()), item.get_dest()
    except UnicodeDecodeError:
        return None
    page = destination.get_index() if destination else None
    return Entry(name, item.level + 1, page) if name and page is not None else None


def _scanned(data: bytes, count: int, draft: Draft) -> list[str]:
    if not count:
        raise unreadable("empty", "The document has no pages.")
    texts = recognised(data, count, draft)
    if not any(map(str.strip, texts)):
        detail = f"The document has {count} pages, but no text in them: it is probably scanned."
        raise unreadable("scanned", f"{detail} Please upload one whose text can be selected.")
    return texts


def _write(texts: list[str], outline: list[Entry], draft: Draft) -> None:
    """Each page under the headings that lead to it, cut where one of them stands."""
    leading: dict[int, list[Entry]] = {}
    for entry in outline:
        leading.setdefault(entry.page, []).append(entry)
    for number, text in enumerate(texts):
        draft.page(number + 1)
        lines = lines_of(text)
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
    rest, current = lines, None
    for entry in entries:
        at = _place(rest, entry.name)
        yield current, rest[:at]
        rest, current = rest[at:], entry
    yield current, rest


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
