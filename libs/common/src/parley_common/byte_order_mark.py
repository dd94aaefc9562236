"""The marks that some texts begin with, which say how they are encoded."""

from __future__ import annotations

import codecs

# The marks of UTF-32 begin with those of UTF-16.
_CODECS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(head: bytes) -> str | None:
    """The codec that a text beginning so is to be read with, which drops the mark; `None` if there is none."""
    return next((name for mark, name in _CODECS if head.startswith(mark)), None)
