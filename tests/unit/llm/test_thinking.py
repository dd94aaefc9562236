"""Thinking is taken out of an answer, however it is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley_common.llm.thinking import Thinking, without_thinking


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Hello.", "Hello."),
        ("<think>hm</think>Hello.", "Hello."),
        ("\n<think>\nhm < 3\n</think>\n\nHello. ", "Hello. "),
        ("<think></think>Hello.", "Hello."),
        ("Tags like <think>this</think> stay.", "Tags like <think>this</think> stay."),
        ("<think>one</think><think>two</think>", "<think>two</think>"),
        ("<thinking aloud>", "<thinking aloud>"),
        ("<thi", "<thi"),
        ("<think>never closed", ""),
        ("", ""),
    ],
)
def test_only_a_leading_block_is_taken_out(said: str, answer: str) -> None:
    assert without_thinking(said) == answer


PIECES = st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "ink>", "/", " ", "\n", "word"]), max_size=12)


@given(PIECES, st.integers(1, 5))
def test_the_size_of_the_pieces_makes_no_difference(words: list[str], size: int) -> None:
    text, thinking = "".join(words), Thinking()
    pieces = [thinking.feed(text[start : start + size]) for start in range(0, len(text), size)]
    assert "".join(pieces) + thinking.rest() == without_thinking(text)
