"""Which columns words name: in full, in part, by synonyms, short forms or with a slip."""

# Lists of words are read as text.
# ruff: noqa: SIM905
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from parley_research.domain.lexicon import ADJECTIVES, LINKING, MEASURING_VERBS, SHORT_FOR, STOP, SYNONYMS
from parley_research.domain.table import Field
from parley_research.domain.words import Word, name_stems, stems


@dataclass(frozen=True)
class Limits:
    """How sure a match must be: `similar` of 100 for a misspelt word of at least `spelt` letters."""

    similar: float = 86.0
    spelt: int = 5
    groups: int = 60
    values: int = 20


def in_full(key: tuple[str, ...], text: str, fields: Iterable[Field]) -> tuple[Field, ...]:
    """The columns whose whole name the words are, in order or not; a name in full beats one by synonyms."""
    fields = tuple(fields)
    verbatim = tuple(each for each in fields if each.name.casefold() == text.casefold())
    if verbatim:
        return verbatim
    literal = tuple(each for each in fields if key in _names(each.name, each.words))
    if literal:
        return literal
    covered = tuple(each for each in fields if len(key) == len(each.words) and _covers(key, each.words))
    if covered or len(key) != 2 or key[0] in STOP:
        return covered
    joined = "".join(key)  # dewp for dew point
    return tuple(each for each in fields if len(each.words) == 1 and _begins(joined, key, each.words[0]))


def _begins(joined: str, key: tuple[str, ...], name: str) -> bool:
    return joined == name or (len(name) > 3 and joined.startswith(name) and len(name) > len(key[0]))


@lru_cache(maxsize=4096)
def _names(name: str, short: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset({stems(name), name_stems(name), ("".join(name_stems(name)),), short} - {()})


def _covers(key: tuple[str, ...], names: tuple[str, ...]) -> bool:
    rest = list(names)
    for word in key:
        match = next((name for name in rest if _means(word, name)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def _means(word: str, name: str) -> bool:
    same = {word, SHORT_FOR.get(word, word)} | {other for group in SYNONYMS if word in group for other in group}
    if name in same:
        return True
    return any(_shortened(each, name) for each in same) or _inflected(word, name)


def _inflected(word: str, name: str) -> bool:
    """Whether the word is a verb made of the column's: invested for invest."""
    return len(name) > 4 and word in {name + "ed", name + "d", name + "ing", name[:-1] + "ing", name + "ment"}


def _shortened(word: str, name: str) -> bool:
    """Whether a column's word is the beginning of this one: dep for departure."""
    if not (2 < len(name) < len(word)) or word in STOP or name in STOP or not name.isalpha() or name in _OWN:
        return False
    return word.startswith(name) and len(name) <= 5 and len(word) - len(name) >= 3


# Whole words that happen to begin longer ones: a tip is not short for anything.
_OWN = frozenset(
    "air tip age day sex time date rate cost name size type fare city team year hour bill form part sale prod".split()
)


def in_part(span: Sequence[Word], fields: Sequence[Field], limits: Limits) -> tuple[Field, ...]:
    """The columns these words name in part ("flipper"), or misspell; only words that mean nothing else."""
    key = tuple(word.stem for word in span)
    if any(word.mark or word.number or _spoken(word) for word in span):
        return ()
    partly = tuple(
        each for each in fields if len(each.words) > len(key) and _covers(key, each.words) and not _other(key, each)
    )
    if partly:
        return partly
    if len(key) > 1 or len(key[0]) < limits.spelt:
        return ()
    close = [
        (fuzz.ratio(key[0], name), each)
        for each in fields
        for name in each.words
        if len(name) >= limits.spelt and not key[0].startswith(name)  # a capital is no slip of capita
    ]
    best = max((score for score, _ in close), default=0.0)
    return tuple(each for score, each in close if score == best) if best >= limits.similar else ()


def _other(key: tuple[str, ...], field: Field) -> bool:
    """The GDP is another amount than the GDP per capita."""
    return "per" in field.words and _covers(key, field.words[: field.words.index("per")])


def _spoken(word: Word) -> bool:
    low = word.text.casefold()
    return low in STOP or low in LINKING or low in ADJECTIVES or low in MEASURING_VERBS
