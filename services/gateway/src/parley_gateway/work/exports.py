"""Results as files: made beside the event loop, and only a few at a time."""

from __future__ import annotations

import asyncio
from uuid import UUID

from parley_common.contracts.jobs import Status
from parley_common.contracts.research import Research, Researched
from parley_common.errors import Conflict
from parley_gateway.export import Exported, Format, Limits, export
from parley_gateway.live.following import Following
from parley_gateway.security.principal import Principal
from parley_gateway.work.research import KIND


class NothingToExport(Conflict):
    """The job has no result, or none yet."""

    code = "no_result"


class Exports:
    """Makes files of research results. A large PDF keeps the processor busy for seconds, so the others wait."""

    def __init__(self, following: Following, *, limits: Limits, at_once: int) -> None:
        self._following = following
        self._limits = limits
        self._turn = asyncio.Semaphore(at_once)

    async def export(self, user: Principal, job: UUID, format: Format) -> Exported:
        """Raises `NotFound`, or `NothingToExport`."""
        snapshot = await self._following.snapshot_of(KIND, user.user, job)
        if snapshot.status is not Status.COMPLETED or snapshot.completed_at is None:
            raise NothingToExport(f"There is no result to export: the job is {snapshot.status}.")
        asked = Research.model_validate(snapshot.input)
        async with self._turn:
            return await asyncio.to_thread(
                export,
                format,
                Researched.model_validate(snapshot.result),
                dataset_name=asked.name,
                dataset_hash=asked.hash,
                asked_at=snapshot.created_at,
                completed_at=snapshot.completed_at,
                limits=self._limits,
            )
