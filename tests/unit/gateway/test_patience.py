"""What a dead worker left unsaid is said before anybody gives up on it."""

from __future__ import annotations

from parley_common.runtime.settings import RuntimeSettings
from parley_gateway.live.subscription import LONGEST_WAIT, waits
from parley_gateway.settings import GatewaySettings


def test_events_of_a_dead_worker_go_out_before_its_jobs_are_taken_over() -> None:
    settings = RuntimeSettings(_env_file=None)
    assert settings.outbox_hand_over + settings.outbox_sweep < settings.lease


def test_readers_wait_for_an_event_longer_than_its_outbox_may_keep_it() -> None:
    settings = GatewaySettings(_env_file=None)
    assert settings.gap_after > 2 * (settings.outbox_hand_over + settings.outbox_sweep + settings.publish_timeout)


def test_pauses_grow_from_a_moment_to_a_second_and_last_as_long_as_patience() -> None:
    pauses = waits(30)
    assert 30 <= sum(pauses) < 30 + LONGEST_WAIT
    assert list(pauses) == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.02, LONGEST_WAIT)
