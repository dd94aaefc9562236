"""What an uploaded document is, told from its first bytes; its name only tells kinds of text apart."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from parley_common.errors import PermanentError

# As many bytes of a file as `kind_of` may need; fewer if the file has no more.
HEAD = 8192

_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = "application/pdf"
DOCX = f"{_OFFICE}.wordprocessingml.document"
PPTX = f"{_OFFICE}.presentationml.presentation"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
EPUB = "application/epub+zip"
HTML = "text/html"
MARKDOWN = "text/markdown"
CSV = "text/csv"
TEXT = "text/plain"
EMAIL = "message/rfc822"
ALLOWED = "PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, plain text, EPUB and e-mail (.eml)"

_ENDINGS = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".pptx": PPTX,
    ".xlsx": XLSX,
    ".epub": EPUB,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".csv": CSV,
    ".tsv": CSV,
    ".eml": EMAIL,
}
_TEXTS = (HTML, MARKDOWN, CSV, EMAIL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = {
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"BM": "an image",
    b"II*\0": "an image",
    b"MM\0*": "an image",
    b"RIFF": "an image, a sound or a film",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"{\\rtf": "an RTF document; please save it as DOCX or PDF",
    b"%!PS": "a PostScript document; please save it as PDF",
}
_LOCAL_ENTRY = re.compile(rb"PK\x03\x04.{22}(.{2}).{2}", re.DOTALL)
_PARTS = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WEB_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.DOTALL)
_XML = re.compile(r"\s*<(?:\?xml|!doctype|svg)\b", re.I)
_HEADERS = re.compile(r"^(from|to|date|subject|received|return-path|message-id|mime-version):", re.I | re.M)


class UnsupportedDocument(PermanentError):
    """The file is none that can be read; the detail says what it is and what would help."""

    code = "document_unsupported"
    status = 415


def kind_of(head: bytes, filename: str) -> str:
    """The media type of the file that begins with `head` (`HEAD` bytes of it) and is called `filename`.

    Raises `UnsupportedDocument`: for an empty file as `document_empty`, for a protected one as `document_encrypted`.
    An office document whose head does not show which one it is goes by its name; its reader has the last word.
    """
    head, ending = head[:HEAD], PurePosixPath(filename.lower()).suffix
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise UnsupportedDocument("The file is empty.", code="document_empty", status=422)
    if head.startswith(b"%PDF-") or (ending == ".pdf" and b"%PDF-" in head[:1024]):
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(head, ending)
    if head.startswith(_OLE):
        raise _ole(head, ending)
    for magic, what in _FOREIGN.items():
        if head.startswith(magic) and _is_foreign(magic, head):
            raise _unsupported(what)
    return _text(head, ending)


def _archive(head: bytes, ending: str) -> str:
    names = _names(head)
    if names[:1] == ["mimetype"]:
        content = head[38:].split(b"PK", 1)[0]
        if content.startswith(EPUB.encode()):
            return EPUB
        if b"opendocument" in content:
            raise _unsupported("an OpenDocument file; please save it as DOCX, PPTX, XLSX or PDF")
    if "xl/workbook.bin" in names:
        raise _unsupported("a binary workbook (.xlsb); please save it as .xlsx")
    for part, kind in _PARTS.items():
        if any(name.startswith(part) for name in names):
            return kind
    named = _ENDINGS.get(ending, "")
    if named == EPUB or (named in _PARTS.values() and _may_be_office(names)):
        return named
    raise _unsupported("an archive; please unpack it first")


def _names(head: bytes) -> list[str]:
    """The names of an archive's entries as far as they stand in its first bytes."""
    found = ((match, int.from_bytes(match[1], "little")) for match in _LOCAL_ENTRY.finditer(head))
    return [head[match.end() : match.end() + length].decode("utf-8", "replace") for match, length in found]


def _may_be_office(names: list[str]) -> bool:
    return all(name.startswith(("[Content_Types].xml", "_rels/", "docProps/", "customXml/")) for name in names)


def _ole(head: bytes, ending: str) -> UnsupportedDocument:
    if _ENCRYPTED in head or ending in (".docx", ".pptx", ".xlsx"):
        detail = "The document is protected by a password; please save it without one."
        return UnsupportedDocument(detail, code="document_encrypted")
    return _unsupported("a file of an old Office version or a mail of Outlook; please save it as DOCX, PDF or .eml")


def _is_foreign(magic: bytes, head: bytes) -> bool:
    """Two letters may begin a text, too: then there are no control characters after them."""
    return len(magic) > 2 or _is_binary(head)


def _text(head: bytes, ending: str) -> str:
    named = _ENDINGS.get(ending)
    if named and named not in _TEXTS:
        raise UnsupportedDocument(f"The file is called {ending} and is none: its content is something else.")
    text = _decoded(head)
    if _WEB_PAGE.match(text) or ("<html" in text.lower() and _XML.match(text)):
        return HTML
    if named == EMAIL and not _HEADERS.search(text):
        raise UnsupportedDocument("The file is called .eml and is no e-mail: it has no headers.")
    if named:
        return named
    if _XML.match(text):
        raise _unsupported("an XML document")
    return EMAIL if not ending and _begins_with_headers(text) else TEXT


def _decoded(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return (
                head[len(mark) :].decode(encoding, "ignore") if encoding == "utf-8" else head.decode(encoding, "ignore")
            )
    if wide := _unmarked(head):
        return head.decode(wide, "ignore")
    if _is_binary(head):
        raise _unsupported("a binary file")
    return head.decode("utf-8", "replace")


def _unmarked(head: bytes) -> str | None:
    """UTF-16 that does not say so: every other byte of a text in Latin letters is zero."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if half and odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if half and even > 0.7 * half and odd < 0.1 * half else None


def _is_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, bytes((*range(9), *range(14, 27), *range(28, 32)))))
    return controls > 0.05 * len(head)


def _begins_with_headers(text: str) -> bool:
    return len({found.lower() for found in _HEADERS.findall(re.split(r"\r?\n\r?\n", text, maxsplit=1)[0])}) >= 3


def _unsupported(what: str) -> UnsupportedDocument:
    return UnsupportedDocument(f"This is {what}. What can be read: {ALLOWED}.")
