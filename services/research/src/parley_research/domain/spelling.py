"""Slips of the pen: a word that means nothing here, and is one slip away from one that does."""

# Lists of words are read as text.
# ruff: noqa: SIM905
from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from parley_research.domain.lexicon import STOP
from parley_research.domain.words import Word, stem, words

# Long words of the grammar, which hardly anything else looks like.
_LONG = frozenset(
    "average median maximum minimum highest lowest largest smallest longest shortest heaviest lightest percentage "
    "percent proportion fraction correlation relationship distribution standard deviation variance between difference "
    "compare number different distinct unique fewest common missing outliers quartile percentile country weight".split()
)
_SHORT = frozenset("what which how the there many much mean total count share most least per each".split()) | STOP
_LONGEST_SLIP = 9


def corrected(question: str, known: Collection[str]) -> tuple[str, list[str]]:
    """The question without slips, and what was read as what; `known` are stems that mean something in the table."""
    notes: list[str] = []
    pieces: list[str] = []
    position = 0
    for word in words(question):
        meant = _meant(word, known)
        if meant:
            pieces += [question[position : word.start], meant]
            position = word.end
            notes.append(f"“{word.text}” was read as “{meant}”.")
    return "".join([*pieces, question[position:]]), notes


def _meant(word: Word, known: Collection[str]) -> str | None:
    low = word.text.casefold()
    foreign = not re.fullmatch(r"[a-z]{3,}", low) or (word.text[0].isupper() and word.start > 0)
    if foreign or {low, word.stem, stem(low)} & (_LONG | _SHORT) or low in known or word.stem in known:
        return None
    swapped = {each for each in _SHORT | _LONG | set(known) if _swapped(low, each)}
    if len(swapped) == 1:
        return swapped.pop()
    close = {each for each in _LONG if len(low) > 4 and each[0] == low[0] and OSA.distance(low, each) <= _slips(each)}
    return close.pop() if len(close) == 1 else None


def _swapped(word: str, other: str) -> bool:
    """Whether two neighbouring letters changed places: lenght."""
    return len(word) == len(other) and sorted(word) == sorted(other) and OSA.distance(word, other) == 1


def _slips(word: str) -> int:
    return 2 if len(word) >= _LONGEST_SLIP else 1
