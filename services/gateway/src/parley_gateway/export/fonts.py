"""Which font of a PDF can write which character: nothing depends on the fonts of the system.

FiraGO (SIL OFL, embedded as far as used) writes Latin, Greek, Cyrillic and Thai. Chinese, Japanese and Korean stand in
the fonts that PDF readers bring along. Scripts written from right to left would need reordering and shaping, and emoji
a font in colour: they become `REPLACEMENT`, and the document says how many characters it could not show.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby
from typing import cast

import pymupdf_fonts  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

SANS, BOLD, MONO = "FiraGO", "FiraGO-Bold", "CascadiaMono"
REPLACEMENT = "▯"
_EMBEDDED = {SANS: "figo", BOLD: "figbo", MONO: "cascadia"}
# The character sets these fonts of Adobe's cover, by the encodings that were made of them.
_ASIAN = {"HeiseiKakuGo-W5": "shift_jis", "STSong-Light": "gbk", "MSung-Light": "big5", "HYGothic-Medium": "euc_kr"}


@cache
def load() -> None:
    """Make the fonts known to reportlab, once a process; what it keeps of them does not change afterwards."""
    for name, source in _EMBEDDED.items():
        pdfmetrics.registerFont(TTFont(name, BytesIO(pymupdf_fonts.fontbuffers[source]())))
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=BOLD, italic=SANS, boldItalic=BOLD)
    for name in _ASIAN:
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@dataclass
class Typesetter:
    """Splits the texts of one document by font and counts what no font can show."""

    missing: int = field(default=0)

    def runs(self, text: str, font: str = SANS) -> Iterator[tuple[str, str]]:
        """`(font, text)` in order, characters that cannot be shown replaced."""
        marked = ((_font(character, font), character) for character in text)
        for name, group in groupby(marked, key=lambda pair: pair[0]):
            run = "".join(character for _, character in group)
            self.missing += 0 if name else len(run)
            yield name or SANS, run if name else REPLACEMENT * len(run)

    @staticmethod
    def writes(text: str) -> bool:
        """Whether the usual font has all of it."""
        return _glyphs(SANS).issuperset(map(ord, text))

    def line(self, text: str) -> tuple[str, str]:
        """The text and one font for all of it, as labels need it."""
        found = list(self.runs(text))
        if len({name for name, _ in found}) <= 1:
            return text if not found else found[0][1], found[0][0] if found else SANS
        other = next(name for name, _ in found if name != SANS)
        if other in _ASIAN and all(_in(character, _ASIAN[other]) for character in text):
            return text, other
        return "".join(run if name == SANS else REPLACEMENT * len(run) for name, run in found), SANS


@cache
def _glyphs(font: str) -> frozenset[int]:
    known = cast("TTFont", pdfmetrics.getFont(font)).face.charToGlyph
    return frozenset(code for code in known if unicodedata.bidirectional(chr(code)) not in ("R", "AL", "AN"))


@lru_cache(maxsize=4_096)
def _font(character: str, wanted: str) -> str | None:
    """The font to use, `None` where there is none."""
    code = ord(character)
    if code in _glyphs(wanted) or character.isspace():
        return wanted
    if code in _glyphs(SANS):
        return SANS
    return next((name for name, encoding in _ASIAN.items() if code > 0x2E7F and _in(character, encoding)), None)


def _in(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
