"""Sentences without a source: found wherever they stand, cited without a word changed, or gone without a trace."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley_chat.domain.citations import cited_in, without_markers
from parley_chat.domain.revision import Verdict, revised
from parley_chat.domain.sources import bare, statements

SENTENCES = [
    "Profit rose [1].",
    "It doubled.",
    "Why?",
    "- An item",
    "1. Another one.",
    "In short:",
    "Dr. X said 3.5 %!",
]
TEXTS = st.lists(st.sampled_from([*SENTENCES, "\n\n", "\n"]), max_size=12).map(" ".join)
VERDICTS = st.builds(Verdict, st.lists(st.integers(1, 3), max_size=2).map(tuple), st.booleans())
FEW = settings(max_examples=80, deadline=None)


def words(text: str) -> list[str]:
    return without_markers(text).split()


@FEW
@given(TEXTS, VERDICTS)
def test_nothing_is_reworded_and_what_has_a_source_stays(text: str, verdict: Verdict) -> None:
    unsaid = bare(text)
    now = revised(text, unsaid, dict.fromkeys(range(len(unsaid)), verdict))
    if verdict.numbers or verdict.stands:
        assert (words(now.text), now.left_out) == (words(text), [])
    else:
        assert now.left_out == [span.of(text) for span in unsaid]
    assert now.text.count("Profit rose [1].") == text.count("Profit rose [1].")
    assert now.uncited == (len(unsaid) if verdict.stands and not verdict.numbers else 0)


@FEW
@given(TEXTS)
def test_what_is_left_when_nobody_stands_up_for_a_sentence_has_a_source(text: str) -> None:
    now = revised(text, bare(text), {})
    assert bare(now.text) == []
    assert all(cited_in(span.of(now.text)) or span.of(now.text)[-1] in "?:" for span in statements(now.text))


@pytest.mark.parametrize(
    ("text", "numbers", "now"),
    [
        ("Profit rose.", (2, 1), "Profit rose [2][1]."),
        ("He said “yes.”", (1,), "He said “yes [1].”"),
        ("- **Profit** rose\n- Costs [1]", (2,), "- **Profit** rose [2]\n- Costs [1]"),
        ("Costs fell [1]. Profit rose. Fine [2].", (), "Costs fell [1]. Fine [2]."),
        ("Costs fell [1].\n\n- Profit rose.\n- Sales [2]\n", (), "Costs fell [1].\n\n- Sales [2]"),
        ("1. Profit rose.\n2. Costs fell [1].", (), "2. Costs fell [1]."),
    ],
)
def test_numbers_come_before_the_end_of_a_sentence_and_items_go_whole(
    text: str, numbers: tuple[int, ...], now: str
) -> None:
    assert revised(text, bare(text), {0: Verdict(numbers)}).text == now


def test_what_was_not_found_is_said_without_a_source() -> None:
    text = "Costs fell [1]. Nothing was found about profit. It may have risen."
    assert [span.of(text) for span in bare(text, [text.index(". It")])] == ["It may have risen."]
