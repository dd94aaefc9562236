"""BM25 as sparse vectors: the part of it that a document has in itself.

A document's value for a term is f (k1 + 1) / (f + k1 (1 - b + b l / L)): f how often the term occurs, l the number of
the document's words and L an average one's. A question's values are 1. Multiplied by how rare a term is among the
passages of its owner, which Qdrant knows, the sum over the shared terms is Okapi BM25 (Robertson and Zaragoza, "The
Probabilistic Relevance Framework: BM25 and Beyond", 2009).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import mmh3

from parley_common.vectors.words import Words


@dataclass(frozen=True, slots=True)
class Terms:
    """A sparse vector: `indices` are the terms, as MurmurHash3 of 32 bits, and `values` what each is worth."""

    indices: list[int]
    values: list[float]

    def __bool__(self) -> bool:
        return bool(self.indices)


class Bm25:
    """`average_length` stands in for the true average, which changes with each document and would change them all."""

    def __init__(self, words: Words, *, k1: float, b: float, average_length: float) -> None:
        self._words = words
        self._k1 = k1
        self._b = b
        self._average_length = average_length

    def document(self, text: str) -> Terms:
        """What a passage is stored with."""
        counts = Counter(map(_term, self._words.of(text)))
        length = 1 - self._b + self._b * counts.total() / self._average_length
        saturated = [count * (self._k1 + 1) / (count + self._k1 * length) for count in counts.values()]
        return Terms(list(counts), saturated)

    def question(self, text: str) -> Terms:
        """What is searched with; a word said twice counts once."""
        terms = dict.fromkeys(map(_term, self._words.of(text)), 1.0)
        return Terms(list(terms), list(terms.values()))


def _term(word: str) -> int:
    return mmh3.hash(word, signed=False)
