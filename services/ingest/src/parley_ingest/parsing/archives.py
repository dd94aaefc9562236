"""Documents that are archives: opened only if they unpack to what they should."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from parley_ingest.parsing.failures import damaged, protected, unreadable
from parley_ingest.parsing.limits import Limits

ENTRIES = 10_000
# More than this many times its packed size is not a document but a trap; text packs about ten times.
RATIO = 200


def opened(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """The archive; its entries never unpack to more than they say, and what they say was held to the limits."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise damaged() from None
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected()
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if len(entries) > ENTRIES or unpacked > limits.unpacked or unpacked > RATIO * max(packed, 2**20):
        raise unreadable("too_large", f"The document unpacks to {unpacked} bytes, far more than a document needs.")
    return archive


def has(archive: zipfile.ZipFile, part: str, *, what: str) -> None:
    """Raise `document_unsupported` unless the archive holds `part`, as every `what` does."""
    if part not in archive.namelist():
        raise unreadable("unsupported", f"The file is an archive, but not {what}.")
