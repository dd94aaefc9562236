"""Jobs this process accepted a moment ago: their authors follow them at once, and need no database for that."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from parley_gateway.domain.projection import JobSnapshot


class Newcomers:
    """Snapshots of new jobs, without their inputs; the oldest go first beyond `most`."""

    def __init__(
        self, *, seconds: float = 10.0, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._jobs: OrderedDict[UUID, tuple[float, str, JobSnapshot]] = OrderedDict()

    def add(self, owner: str, job: JobSnapshot) -> None:
        self._jobs[job.id] = self._clock(), owner, job.model_copy(update={"input": None})
        while len(self._jobs) > self._most or next(iter(self._jobs.values()))[0] < self._clock() - self._seconds:
            self._jobs.popitem(last=False)

    def get(self, owner: str, job: UUID) -> JobSnapshot | None:
        """The job as it was accepted, if that was here, by this owner, and not long ago."""
        since, author, snapshot = self._jobs.get(job, (0.0, None, None))
        return snapshot if author == owner and since >= self._clock() - self._seconds else None
