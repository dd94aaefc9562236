"""What a file is, told from its bytes: names lie."""

from __future__ import annotations

import zipfile
from typing import BinaryIO, Literal

from parley_research.datasets.failures import unreadable
from parley_research.datasets.limits import Limits

Content = Literal["parquet", "xlsx", "json", "text"]

HEAD = 4096
# More than this many times its packed size is not a table but a trap; text packs about ten times.
ZIP_RATIO = 200
ZIP_ENTRIES = 10_000

_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip archive; please unpack it first",
    b"BZh": "a bzip2 archive; please unpack it first",
    b"\xfd7zXZ": "an xz archive; please unpack it first",
    b"\x28\xb5\x2f\xfd": "a zstd archive; please unpack it first",
    b"7z\xbc\xaf": "a 7z archive; please unpack it first",
    b"Rar!": "a rar archive; please unpack it first",
    b"SQLite format 3": "a database",
    b"ARROW1": "an Arrow file; Parquet can be read",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML document",
    b"{\\rtf": "a text document",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OLE = "EncryptedPackage".encode("utf-16-le")


def sniff(file: BinaryIO, limits: Limits) -> Content:
    """The kind of content; raises `UnreadableDataset` for what is no table, encrypted, cut off or a trap."""
    head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise unreadable("empty", "The file is empty.")
    _refuse_foreign(file, head)
    if head.startswith((b"PAR1", b"PARE")):
        _check_parquet(file)
        return "parquet"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        check_workbook(file, limits)
        return "xlsx"
    return "json" if _is_json(head) else "text"


def _refuse_foreign(file: BinaryIO, head: bytes) -> None:
    if head.startswith(_OLE):
        file.seek(0)
        if _ENCRYPTED_OLE in file.read():
            raise unreadable("encrypted", "The workbook is protected by a password; please save it without one.")
        raise unreadable("unsupported", "This is a file of an old Office version; please save it as .xlsx.")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32]
    for magic, what in _FOREIGN.items():
        if start.startswith(magic) or start.lower().startswith(magic):
            raise unreadable("unsupported", f"This is {what}, not a table.")


def _check_parquet(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - 4))
    tail = file.read(4)
    if tail == b"PARE":
        raise unreadable("encrypted", "The Parquet file is encrypted; please save it without encryption.")
    if tail != b"PAR1" or size < 12:
        raise unreadable("corrupt", "The Parquet file is cut off: its end is missing.")


def check_workbook(file: BinaryIO, limits: Limits) -> None:
    """Refuse archives that are no workbook, encrypted, or that unpack to more than they should."""
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise unreadable("corrupt", "The workbook is damaged or cut off.") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise unreadable("encrypted", "The archive is protected by a password; please save it without one.")
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise unreadable("unsupported", _other_archive(names))
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if len(entries) > ZIP_ENTRIES or unpacked > limits.unpacked or unpacked > ZIP_RATIO * max(packed, 2**20):
        raise unreadable("too_large", f"The workbook unpacks to {unpacked} bytes, far more than a table needs.")


def _other_archive(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "This is a binary workbook (.xlsb); please save it as .xlsx."
    if "content.xml" in names or "word/document.xml" in names or "ppt/presentation.xml" in names:
        return "This is an Office document that is no .xlsx workbook; please save it as .xlsx."
    return "This is an archive, not a table; please unpack it first."


def _is_json(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", errors="ignore").encode()
    text = b"".join(text.split())
    # `{"` or `[{`, `[[`, `["`, `[1`: a CSV file may begin with a bracket too, but hardly so.
    return text[:2] in {b'{"', b"{}", b"[{", b"[[", b"[]", b'["'} or (text[:1] == b"[" and text[1:2].isdigit())
