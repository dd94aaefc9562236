"""One way to write text, whatever format it came from."""

from __future__ import annotations

import re
from unicodedata import normalize

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TRAILING = re.compile("[ \t]+$", re.MULTILINE)
_BLANK = re.compile("\n{3,}")


def normal(text: str) -> str:
    """NFC; `\\n` ends lines, at most one blank line follows another; no control characters but tabs, no surrogates."""
    if not text.isascii():
        text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return normalize("NFC", _BLANK.sub("\n\n", _TRAILING.sub("", text)))


def one_line(text: str) -> str:
    """The same without line ends or repeated spaces."""
    return " ".join(normal(text).split())
