"""Telling a streamed prompt from the reasons behind it, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley_enhancer.adapters.trailer import Trailed

MARKER = "<<<CHANGES>>>"
REASONS = '[{"quote": "tea", "element": "goal", "reason": "it is about tea"}]'


@given(
    text=st.text(alphabet="a <C\n", max_size=40),
    trailer=st.sampled_from(["", f"\n{MARKER}\n{REASONS}", f"{MARKER}{REASONS}"]),
    size=st.integers(1, 9),
)
def test_only_the_prompt_is_shown_whatever_the_chunks(text: str, trailer: str, size: int) -> None:
    trailed, whole = Trailed(MARKER), text + trailer
    shown = [trailed.feed(whole[at : at + size]) for at in range(0, len(whole), size)]
    assert "".join([*shown, trailed.rest()]) == text.rstrip()
    assert trailed.text.rstrip() == text.rstrip()
    assert len(trailed.reasons()) == bool(trailer)


@pytest.mark.parametrize("data", ["", "none", "[", '[{"quote": 1}]', '{"quote": "a"}', f"```json\n{REASONS[:-5]}\n```"])
def test_reasons_that_cannot_be_read_are_no_reasons(data: str) -> None:
    trailed = Trailed(MARKER)
    trailed.feed(f"Write.\n{MARKER}\n{data}")
    assert trailed.reasons() == []


def test_reasons_may_be_fenced() -> None:
    trailed = Trailed(MARKER)
    trailed.feed(f"Write.\n{MARKER}\n```json\n{REASONS}\n```")
    assert [each.quote for each in trailed.reasons()] == ["tea"]
