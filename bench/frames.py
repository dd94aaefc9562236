"""The frames of the socket benchmark: nine deltas, then a control event that must not be lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from parley_common.contracts.events import Delta, Event, JobProgress, MessageDelta, Progress

CONTROL_EVERY = 10


def frames_of(job: UUID) -> Iterator[Event]:
    """The events of one running job, each stamped with the moment it is made."""
    seq, offset, number = 1, 0, 0
    while True:
        number += 1
        stamp, now = f"@{time.monotonic_ns()};", datetime.now(UTC)
        if number % CONTROL_EVERY == 0:
            seq += 1
            yield JobProgress(job=job, seq=seq, time=now, data=Progress(fraction=0.5, stage=stamp))
        else:
            yield MessageDelta(job=job, time=now, data=Delta(message_id="m", delta=stamp, offset=offset))
            offset += len(stamp)
