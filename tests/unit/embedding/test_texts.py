"""Batches hold every text once, in order, within their bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley_common.embedding.texts import TextTooLong, batches, check_lengths
from parley_common.errors import PermanentError

SIZES = st.lists(st.integers(2, 256), max_size=200)


@given(SIZES, st.integers(1, 4096), st.integers(1, 64))
def test_every_text_is_in_one_batch_and_in_order(sizes: list[int], tokens: int, texts: int) -> None:
    found = [index for batch in batches(sizes, tokens=tokens, texts=texts) for index in batch]
    assert found == list(range(len(sizes)))


@given(SIZES, st.integers(1, 4096), st.integers(1, 64))
def test_a_batch_keeps_its_bounds_unless_one_text_alone_exceeds_them(sizes: list[int], tokens: int, texts: int) -> None:
    for batch in batches(sizes, tokens=tokens, texts=texts):
        assert 1 <= len(batch) <= texts
        assert len(batch) == 1 or sum(sizes[index] for index in batch) <= tokens


def test_one_text_beyond_the_window_is_refused_for_good() -> None:
    check_lengths([], 256)
    check_lengths([3, 256], 256)
    with pytest.raises(TextTooLong, match="257 tokens"):
        check_lengths([3, 257], 256)
    assert issubclass(TextTooLong, PermanentError)
