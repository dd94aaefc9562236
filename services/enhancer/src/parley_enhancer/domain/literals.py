"""What must be kept to the letter: code, addresses, placeholders, quotations."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_FENCE = (
    r"(?m:^[ \t]*(?P<fence>`{3,12}(?!`)|~{3,12}(?!~))[^\n]*\n(?:[\s\S]*?\n)??[ \t]*(?P=fence)[ \t]*$)"
    r"|(?m:^[ \t]*`{3,12}(?!`)[^\n]*\n)[\s\S]*\Z"
)
_PLACEHOLDER = (
    r"\{\{[^{}\n]{1,80}\}\}|\$\{[\w.]{1,60}\}"
    r"|\{[\w][\w .:!-]{0,60}\}|\{\}|\$[A-Za-z_]\w*|%\([\w]+\)[sdif]|%[sdif]\b|%\w+%"
    r"|</?[A-Za-zÀ-ÿ][\w .:/='\"-]{0,60}>|\[[^\[\]\n]{1,80}\](?!\()|\b__\w+__\b"
)
_QUOTE = (
    r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»|‹[^›\n]{1,400}›|‘[^’\n]{1,400}’(?!\w)"
    r"|(?<![\w'])'[^'\n]{2,200}'(?!\w)"
)
_KINDS = (
    ("code", _FENCE),
    ("code", r"(?<!`)`[^`\n]+`(?!`)"),
    ("url", r"\b(?:https?|ftp)://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}»“”]|\bwww\.[^\s<>\"'`]+\w"),
    ("address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("handle", r"(?<![\w/&])[@#][A-Za-z_]\w+"),
    ("placeholder", _PLACEHOLDER),
    ("quotation", _QUOTE),
)
_MARKS = "\"“”„«»‹›‘’' \u00a0"


@dataclass(frozen=True, slots=True)
class Literal:
    kind: str
    text: str
    start: int
    end: int

    @property
    def essence(self) -> str:
        """What has to be found again: a quotation may change its quotation marks, nothing else may change."""
        return self.text.strip(_MARKS) if self.kind == "quotation" else self.text


@lru_cache(maxsize=64)
def literals(text: str) -> tuple[Literal, ...]:
    """Every literal, in order; what is inside one (a name in a code block) is not listed again."""
    found: list[Literal] = []
    rest = text
    for kind, pattern in _KINDS:
        for match in re.finditer(pattern, rest):
            found.append(Literal(kind, match.group(), *match.span()))
        rest = _blank(rest, [each for each in found if each.kind == kind])
    return tuple(sorted(found, key=lambda each: each.start))


def covers(found: Sequence[Literal], position: int) -> bool:
    """Whether a position lies inside one of these literals, which are in order."""
    before = bisect_right(found, position, key=lambda each: each.start)
    return before > 0 and position < found[before - 1].end


@lru_cache(maxsize=64)
def masked(text: str, *, quotations: bool = True) -> str:
    """The text with its literals blanked out, so that offsets stay the same; `quotations` may be left readable."""
    return _blank(text, [each for each in literals(text) if quotations or each.kind != "quotation"])


def keeps(text: str, literal: Literal) -> bool:
    """Whether a literal of another text is found in this one."""
    if literal.kind == "quotation":
        return _even(literal.essence) in _even(text)
    return literal.text in text


def _blank(text: str, spans: list[Literal]) -> str:
    parts, position = [], 0
    for span in sorted(spans, key=lambda each: each.start):
        if span.start < position:
            continue
        parts += [text[position : span.start], re.sub(r"[^\n]", " ", span.text)]
        position = span.end
    return "".join([*parts, text[position:]])


def _even(text: str) -> str:
    return " ".join(text.split()).replace("’", "'")
