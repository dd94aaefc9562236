"""Which words of a question carry its meaning, and how much of them a text has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from parley_common.vectors.words import Words

_WORDS = Words("english")
# Words that ask, join and point, in six languages; what a question is about is in the others.
_STOP = frozenset(_WORDS.of((resources.files(__package__) / "stop_words.txt").read_text()))


def words(text: str) -> list[str]:
    """The words of a text as the index compares them."""
    return _WORDS.of(text)


def terms(question: str) -> list[str]:
    """The words that carry the meaning, each once."""
    return [each for each in dict.fromkeys(words(question)) if each not in _STOP]


def weights(wanted: Sequence[str], texts: Iterable[str]) -> dict[str, float]:
    """How much each term tells apart these texts; one that is in none of them weighs most (BM25's idf)."""
    sets = [set(words(text)) for text in texts]
    seen = Counter(term for one in sets for term in set(wanted) & one)
    return {term: math.log(1 + (len(sets) - seen[term] + 0.5) / (seen[term] + 0.5)) for term in wanted}


def coverage(present: Iterable[str], weighed: Mapping[str, float]) -> float:
    """The share of the question's weight that is in these words, 0 to 1."""
    whole, there = sum(weighed.values()), set(present)
    return sum(weight for term, weight in weighed.items() if term in there) / whole if whole else 0.0
