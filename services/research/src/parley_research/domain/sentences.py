"""Sentences of a text, cut where one ends and nowhere else: not inside 3.14, "e.g." or "Inc."."""

# Lists of words are read as text, patterns in one line.
# ruff: noqa: SIM905
from __future__ import annotations

import re

_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+|$)|\n{2,}|\n(?=\s*(?:[-*•]|\d+[.)]\s))")
_SHORT = frozenset(
    "e.g i.e etc vs approx ca cf mr mrs ms dr prof st no nr fig eq inc ltd co corp jr sr avg min max std est dept resp "
    "incl excl u.s u.k a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence; together they cover the text, the space after a sentence is its own."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        if found.start() < start or not _ends(text, start, found):
            continue
        end = _past_space(text, found.end())
        spans.append((start, end))
        start = end
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _past_space(text: str, end: int) -> int:
    while end < len(text) and text[end].isspace():
        end += 1
    return end


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    if found[0][0] != ".":
        return True
    words = text[start : found.start()].split()
    last = words[-1].lstrip("(\"'“‘[") if words else ""
    following = text[_past_space(text, found.end()) :][:1]
    if last.casefold() in _SHORT or (len(last) == 1 and last.isalpha() and last != "I"):
        return not following or (last.casefold() in {"etc", "inc", "ltd", "co"} and following.isupper())
    if re.fullmatch(r"\d+", last) and len(words) == 1:
        return False  # "1. Adelie": the number of a list's item
    return not following.islower()
