"""Which words of a question carry its meaning, and how much of them a text has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much each term tells texts apart, and the share of that weight which is in none of them."""

    weights: Mapping[str, float]
    absent: float

    def coverage(self, present: Iterable[str]) -> float:
        """The share of the weight that is in these words, 0 to 1."""
        there = set(present)
        return _share(self.weights, [term for term in self.weights if term in there])


def weigh(wanted: Sequence[str], texts: Iterable[str]) -> Weighed:
    """Rare terms weigh more, and one that is nowhere most (the idf of BM25)."""
    sets = [set(words(text)) for text in texts]
    seen = Counter(term for one in sets for term in set(wanted) & one)
    weights = {term: math.log(1 + (len(sets) - seen[term] + 0.5) / (seen[term] + 0.5)) for term in wanted}
    return Weighed(weights, _share(weights, [term for term in wanted if not seen[term]]))


def _share(weights: Mapping[str, float], some: Iterable[str]) -> float:
    whole = sum(weights.values())
    return sum(weights[term] for term in some) / whole if whole else 0.0
