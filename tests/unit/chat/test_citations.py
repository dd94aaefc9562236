"""Markers in a text that arrives in pieces, and the quotations they stand for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.chat.passages import passage

from parley_chat.domain.citations import Markers, cited_in, without_markers
from parley_chat.domain.passages import Numbered
from parley_chat.domain.sources import bare, sources

ANSWER = "Revenue was 5M [1]. It rose [2, 9] since [7]. Nobody knows why [12][1]. See [a] and arr[i]."
CLEAN = "Revenue was 5M [1]. It rose [2] since. Nobody knows why[1]. See [a] and arr[i]."


def shown(pieces: list[str]) -> tuple[str, Markers]:
    markers = Markers([1, 2])
    text = "".join([*map(markers.feed, pieces), markers.rest()])
    return text, markers


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, len(ANSWER)), max_size=12))
def test_wherever_the_text_is_cut_unknown_markers_go_and_known_ones_stay(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ANSWER)]
    text, markers = shown([ANSWER[a:b] for a, b in pairwise(edges)])
    assert text == markers.text == CLEAN
    assert (markers.cited, markers.dropped, markers.nothing) == ([1, 2], 3, False)


def test_a_marker_is_never_shown_before_it_is_known_to_be_one() -> None:
    markers = Markers([1])
    assert [markers.feed(piece) for piece in ("It rose", " [", "9", "]", " and fell [1", "].")] == [
        "It rose", "", "", "", " and fell", " [1].",
    ]  # fmt: skip


def test_zero_says_that_no_passage_answers() -> None:
    text, markers = shown(["Nothing about it was found [0]."])
    assert (text, markers.nothing, markers.cited, markers.dropped) == ("Nothing about it was found.", True, [], 0)


def test_each_source_quotes_the_sentence_that_is_meant_and_where_it_stands() -> None:
    text = "Revenue was $5M in Q3. The cafeteria was repainted. Profit fell to $1M."
    numbered = [Numbered(n=1, passage=passage(text, title="q3.pdf", start=100))]
    found = sources("Profit was one million [1].", [1], numbered)
    assert [(each.quote, each.filename) for each in found] == [("Profit fell to $1M.", "q3.pdf")]
    assert text[found[0].start - 100 : found[0].end - 100] == found[0].quote  # type: ignore[operator]


@pytest.mark.parametrize(
    ("answer", "count"),
    [("One [1]. Two [2].", 0), ("One. Two [2].", 1), ("One. [1] Two. [2]", 0), ("One. Two. Three.", 3), ("", 0)],
)
def test_sentences_without_a_source_are_counted(answer: str, count: int) -> None:
    assert len(bare(answer)) == count


def test_markers_are_read_and_taken_off() -> None:
    assert cited_in("a [1] b [2, 3]") == [1, 2, 3]
    assert without_markers("a [1] b [2, 3].") == "a b."
