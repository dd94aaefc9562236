"""A message's text is contiguous, whatever order its deltas come in."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley_gateway.live.texts import Text, Texts


def whole(text: Text) -> str:
    return str(text.since(0).event.data.delta)  # type: ignore[attr-defined]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_shuffled_and_repeated_deltas_give_the_whole_text(story: Any, data: st.DataObject) -> None:
    words = data.draw(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=12))
    pieces = [(len("".join(words[:n])), word) for n, word in enumerate(words)]
    text = Text(story.delta(0, ""), "m")
    for offset, word in data.draw(st.permutations([*pieces, *pieces])):
        text.add(offset, word)
    assert whole(text) == "".join(words)


def test_a_snapshot_fills_what_was_missed(story: Any) -> None:
    text = Text(story.delta(0, ""), "m")
    text.add(6, "world")
    assert text.length == 0
    text.catch_up("hello ")
    assert whole(text) == "hello world"


def test_an_older_snapshot_takes_nothing_away(story: Any) -> None:
    text = Text(story.delta(0, ""), "m")
    text.add(0, "hello world")
    text.catch_up("hello")
    assert whole(text) == "hello world"


def test_a_silent_stream_is_forgotten(story: Any) -> None:
    now = 0.0
    texts = Texts(silence=10, clock=lambda: now)
    texts.message(story.delta(0, "x"), "m")
    now = 11.0
    texts.forget_silent()
    assert list(texts.of(story.job)) == []
