"""The last seconds are at hand, and no more than that."""

from __future__ import annotations

from typing import Any

from parley_gateway.live.recent import Recent


def test_frames_follow_up_to_the_first_hole(story: Any) -> None:
    recent = Recent()
    for seq in (2, 3, 5):
        recent.add(story.progress(seq))
    assert [frame.seq for frame in recent.following(story.job, 1, 1)] == [2, 3]
    assert recent.latest(story.job, 1) == 5


def test_a_repeat_is_told_apart(story: Any) -> None:
    recent = Recent()
    assert recent.add(story.progress(1))
    assert not recent.add(story.progress(1))


def test_old_frames_go(story: Any) -> None:
    now = 0.0
    recent = Recent(seconds=30, clock=lambda: now)
    recent.add(story.progress(1))
    now = 31.0
    recent.add(story.progress(2))
    assert [frame.seq for frame in recent.of(story.job, 1)] == [2]


def test_memory_is_bounded(story: Any) -> None:
    recent = Recent(max_bytes=1_000)
    for seq in range(1, 101):
        recent.add(story.progress(seq))
    assert sum(len(frame.text) for frame in recent.of(story.job, 1)) < 1_500
    assert recent.latest(story.job, 1) == 100
