"""Which characters the bytes of a text mean."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from parley_common.byte_order_mark import marked_encoding
from parley_research.datasets.failures import unreadable

CHUNK = 1 << 20
# Stray bytes in a text of otherwise good UTF-8 do not make it another encoding.
_GOOD_PER_BAD = 10

# The first bytes of characters longer than one byte, and the control characters no text has.
_LEADS = bytes(range(0xC2, 0xF5))
_CONTROLS = bytes((*range(1, 9), *range(14, 27), *range(28, 32)))


@dataclass(frozen=True)
class Encoding:
    """A codec's name, how to treat its errors, whether NUL characters are to be dropped, and what to tell."""

    name: str
    errors: str = "strict"
    nuls: bool = False
    notes: tuple[str, ...] = ()


def find_encoding(file: BinaryIO) -> Encoding:
    """Read all of `file` once; raises `UnreadableDataset` for bytes that are no text."""
    file.seek(0)
    head = file.read(4096)
    if marked := marked_encoding(head):
        return _utf8(file, marked) if marked == "utf-8-sig" else _wide(marked)
    if wide := _unmarked_utf16(head):
        return _wide(wide)
    return _utf8(file, "utf-8")


def _wide(name: str) -> Encoding:
    return Encoding(name, "replace", nuls=True, notes=(f"The text is encoded as {name.upper()}.",))


def _unmarked_utf16(head: bytes) -> str | None:
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half and head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _utf8(file: BinaryIO, name: str) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    file.seek(0)
    bad = good = nuls = control = 0
    while chunk := file.read(CHUNK):
        nuls += chunk.count(0)
        text = decoder.decode(chunk)
        if not text.isascii():
            bad += text.count("\ufffd") - chunk.count(b"\xef\xbf\xbd")
            good += len(chunk) - len(chunk.translate(None, _LEADS))
        control += len(chunk) - len(chunk.translate(None, _CONTROLS))
    bad += decoder.decode(b"", True).count("\ufffd")
    size = max(file.tell(), 1)
    if control + nuls > 0.05 * size:
        raise unreadable("unsupported", "This is a binary file, not a table.")
    return _named(name, bad=bad, good=good, nuls=nuls)


def _named(name: str, *, bad: int, good: int, nuls: int) -> Encoding:
    notes = [f"Dropped {nuls} NUL characters."] if nuls else []
    if not bad:
        return Encoding(name, nuls=nuls > 0, notes=tuple(notes))
    if good > _GOOD_PER_BAD * bad:
        notes.append(f"{bad} bytes that are not UTF-8 are shown as \ufffd.")
        return Encoding(name, "replace", nuls > 0, tuple(notes))
    notes.append("The text is not UTF-8; it was read as Windows-1252.")
    return Encoding("cp1252", "replace", nuls > 0, tuple(notes))
