"""The schedule follows from its seed, and leaves nothing out."""

from __future__ import annotations

from collections import Counter

from harness.schedule import Action, Kind, schedule


def test_same_seed_repeats_the_schedule_and_another_one_does_not() -> None:
    assert schedule(7, 200) == schedule(7, 200)
    assert schedule(7, 200) != schedule(8, 200)


def test_longer_run_begins_like_the_shorter_one() -> None:
    assert schedule(7, 200)[:10] == schedule(7, 10)


def test_five_faults_break_every_kind_and_fifteen_in_every_way() -> None:
    for seed in range(20):
        faults = schedule(seed, 15)
        assert {fault.kind for fault in faults[:5]} == set(Kind)
        assert set(Counter((fault.kind, fault.action) for fault in faults).values()) == {1}
        assert len(faults) == len(Kind) * len(Action)
