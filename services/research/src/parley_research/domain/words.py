"""A question as words: where each stands, and the stem two spellings of it share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parley_research.domain.lexicon import IRREGULAR

_WORD = re.compile(
    r"(?P<number>[$€£]?(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:[kKM]\b|(?=[^\w]|$)|(?=(?:mm|cm|km|kg|g|lbs?|%)\b)))"
    r"|(?P<word>\w+)|(?P<mark>[,;:?!%.()\"“”'’‘`])"
)
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z]{3})(?=\d)")


@dataclass(frozen=True)
class Word:
    """A word, number or mark of a text; `stem` is what it is compared by."""

    text: str
    start: int
    end: int
    stem: str
    number: bool = False

    @property
    def mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.number and not self.text[0].isalnum() and self.text[0] != "_"


def words(text: str) -> list[Word]:
    """The words, numbers and marks of a text, underscores taken as spaces."""
    spaced = re.sub(r"[’‘`]", "'", text.replace("_", " "))
    spaced = re.sub(r"'s\b", "  ", spaced)
    return [
        Word(text[each.start() : each.end()], each.start(), each.end(), stem(each[0]), bool(each["number"]))
        for each in _WORD.finditer(spaced)
    ]


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, without its marks."""
    return tuple(word.stem for word in words(text) if not word.mark)


def name_stems(name: str) -> tuple[str, ...]:
    """The stems of a column's name, also where only capitals or digits part its words."""
    return stems(_CAMEL.sub(" ", re.sub(r"[^\w]+", " ", name)))


def stem(word: str) -> str:
    """The singular, case folded: species → species, boxes → box, cities → city."""
    low = word.casefold()
    if low in IRREGULAR:
        return IRREGULAR[low]
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    if re.search(r"(?:s|x|z|ch|sh)es$", low) and len(low) > 4:
        return low[:-1] if low.endswith(("ses", "zes")) and not low.endswith(("sses", "xes")) else low[:-2]
    if len(low) > 2 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def plural(word: str) -> bool:
    """Whether the word is a plural."""
    low = word.casefold()
    return low.isalpha() and stem(low) != low and low not in {"males", "females"}
