"""BM25's part of a document, against the formula worked out by hand."""

from __future__ import annotations

import mmh3
import pytest

from parley_common.vectors.bm25 import Bm25
from parley_common.vectors.words import Words

BM25 = Bm25(Words("english"), k1=1.2, b=0.75, average_length=4)


def of(word: str) -> int:
    return mmh3.hash(word, signed=False)


def test_a_document_s_values_follow_the_formula() -> None:
    terms = BM25.document("cat cat dog bird bird bird")
    length = 1 - 0.75 + 0.75 * 6 / 4
    expected = {of(word): n * 2.2 / (n + 1.2 * length) for word, n in (("cat", 2), ("dog", 1), ("bird", 3))}
    assert dict(zip(terms.indices, terms.values, strict=True)) == pytest.approx(expected)


def test_saying_it_again_helps_less_and_less() -> None:
    once, twice, often = (BM25.document("cat " * n + "dog " * (100 - n)).values[0] for n in (1, 2, 50))
    assert once < twice < often < 2.2
    assert twice - once < once


def test_a_longer_document_says_each_of_its_words_less() -> None:
    assert BM25.document("cat").values[0] > BM25.document("cat and quite a lot of other animals besides").values[0]


def test_a_question_s_words_count_once_each() -> None:
    terms = BM25.question("cat cat dog")
    assert terms.values == [1.0, 1.0]
    assert set(terms.indices) == {of("cat"), of("dog")}


def test_no_words_make_no_terms() -> None:
    assert not BM25.document("")
    assert not BM25.question("the and of")
    assert BM25.document("cat")


def test_indices_fit_into_thirty_two_bits_and_are_each_there_once() -> None:
    terms = BM25.document(" ".join(f"word{n}" for n in range(5000)))
    assert len(set(terms.indices)) == len(terms.indices)
    assert all(0 <= index < 2**32 for index in terms.indices)
