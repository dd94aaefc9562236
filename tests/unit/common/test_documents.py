"""What a file is, told from how it begins."""

from __future__ import annotations

import io
import zipfile

import pytest

from parley_common.documents import (
    CSV,
    DOCX,
    EMAIL,
    EPUB,
    HTML,
    MARKDOWN,
    PDF,
    PPTX,
    TEXT,
    XLSX,
    UnsupportedDocument,
    kind_of,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nHello"


def archive(*names: str, mimetype: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        if mimetype:
            opened.writestr("mimetype", mimetype)
        for name in names:
            opened.writestr(name, "x")
    return made.getvalue()


KINDS: dict[str, tuple[str, bytes, str]] = {
    "pdf": ("a.pdf", b"%PDF-1.7\n", PDF),
    "pdf by another name": ("a.txt", b"%PDF-1.7\n", PDF),
    "pdf after a preamble": ("a.pdf", b"HTTP/1.1 200\r\n\r\n%PDF-1.4", PDF),
    "word": ("a.docx", archive("[Content_Types].xml", "word/document.xml"), DOCX),
    "word by another name": ("a.bin", archive("[Content_Types].xml", "word/document.xml"), DOCX),
    "word that does not show": ("a.docx", archive("[Content_Types].xml", "_rels/.rels"), DOCX),
    "slides": ("a.pptx", archive("_rels/.rels", "ppt/presentation.xml"), PPTX),
    "workbook": ("a.xlsx", archive("xl/workbook.xml"), XLSX),
    "book": ("a.epub", archive("META-INF/container.xml", mimetype="application/epub+zip"), EPUB),
    "page": ("a.html", b"<p>x</p>", HTML),
    "page by its content": ("a.txt", b"\xef\xbb\xbf\n<!-- x -->\n<!DOCTYPE html><p>", HTML),
    "xhtml": ("a", b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', HTML),
    "markdown": ("README.md", b"# x", MARKDOWN),
    "table": ("a.CSV", b"a,b\n1,2\n", CSV),
    "text": ("notes.txt", "Größe".encode(), TEXT),
    "text without an ending": ("LICENSE", b"Permission is hereby granted", TEXT),
    "text in two bytes a letter": ("a.txt", "Größe".encode("utf-16"), TEXT),
    "text that begins like a program": ("a.txt", b"MZ is the mark of Mark Zbikowski.", TEXT),
    "mail": ("a.eml", MAIL, EMAIL),
    "mail without an ending": ("cur", MAIL, EMAIL),
    "mail as a text": ("a.txt", MAIL, TEXT),
}


@pytest.mark.parametrize("what", KINDS)
def test_kind_is_told_from_the_content_and_the_name_tells_texts_apart(what: str) -> None:
    filename, head, kind = KINDS[what]
    assert kind_of(head, filename) == kind


REFUSED: dict[str, tuple[str, bytes, str, str]] = {
    "nothing": ("a.pdf", b"", "empty", "empty"),
    "a program called pdf": ("a.pdf", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "unsupported", "program"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", "unsupported", "image"),
    "an old document": ("a.doc", OLE, "unsupported", "old Office"),
    "a protected document": ("a.docx", OLE, "encrypted", "password"),
    "a protected document that shows it": ("a", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
    "an OpenDocument text": (
        "a.odt",
        archive(mimetype="application/vnd.oasis.opendocument.text"),
        "unsupported",
        "DOCX",
    ),
    "a binary workbook": ("a.xlsb", archive("xl/workbook.bin"), "unsupported", ".xlsx"),
    "an archive": ("a.zip", archive("readme.txt"), "unsupported", "archive"),
    "an archive called docx": ("a.docx", archive("readme.txt"), "unsupported", "archive"),
    "text called pdf": ("a.pdf", b"Some text", "unsupported", ".pdf"),
    "mail without headers": ("a.eml", b"Some text", "unsupported", "e-mail"),
    "a drawing": ("a.svg", b"<svg xmlns='x'/>", "unsupported", "XML"),
    "rich text": ("a.rtf", b"{\\rtf1", "unsupported", "RTF"),
    "noise": ("a.txt", bytes(range(256)) * 20, "unsupported", "binary"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_other_files_are_refused_with_words_that_help(what: str) -> None:
    filename, head, reason, words = REFUSED[what]
    with pytest.raises(UnsupportedDocument) as error:
        kind_of(head, filename)
    assert error.value.code == f"document_{reason}"
    assert error.value.status in (415, 422)
    assert words in error.value.detail
