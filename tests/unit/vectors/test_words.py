"""Words are what a reader would call the same word, in any script."""

from __future__ import annotations

import pytest

from parley_common.vectors.words import Words

ENGLISH = Words("english")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Running", "runs"),
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "café"),
        ("ﬁnance", "finance"),
        ("ＡＢＣ１２", "abc12"),
        ("Straße", "STRASSE"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1,234,567"),
        ("president's", "president"),
        ("snake_case", "snake case"),
        ("well-known", "well known"),
        ("Привет", "ПРИВЕТ"),
        ("हिन्दी", "हिन्दी।"),
        ("שָׁלוֹם!", "שָׁלוֹם"),
    ],
)
def test_the_same_word_written_in_two_ways(one: str, other: str) -> None:
    assert ENGLISH.of(one) == ENGLISH.of(other) != []


@pytest.mark.parametrize(
    "text", ["", " \n\t", "?!… —", "\x00\x07", "🦘🦘", "the of and who was it", "\ud800", "_", "।"]
)
def test_no_words(text: str) -> None:
    assert ENGLISH.of(text) == []


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert ENGLISH.of("東京都") == ["東京", "京都"]
    assert ENGLISH.of("2024年の予算") == ["2024", "年の", "の予", "予算"]
    assert ENGLISH.of("水") == ["水"]


def test_a_word_is_as_often_there_as_it_is_said() -> None:
    assert ENGLISH.of("Dogs chase dogs; a dog.") == ["dog", "chase", "dog", "dog"]


def test_another_language_has_other_endings() -> None:
    assert Words("german").of("Häuser") == Words("german").of("Haus")
    assert ENGLISH.of("Häuser") != ENGLISH.of("Haus")


def test_an_unknown_language_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        Words("klingon")
