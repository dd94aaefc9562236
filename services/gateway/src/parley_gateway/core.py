"""What routes work with, put together once per process and found on `app.state.core`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends
from starlette.requests import HTTPConnection

from parley_common.contracts.jobs import FINAL, Status
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.live.following import Following
from parley_gateway.live.hub import Hub
from parley_gateway.security.principal import Principal
from parley_gateway.settings import GatewaySettings
from parley_gateway.store.conversations import Conversations
from parley_gateway.store.datasets import Datasets
from parley_gateway.store.documents import Documents
from parley_gateway.store.jobs import Jobs
from parley_gateway.store.schedules import Schedules as StoredSchedules
from parley_gateway.work.answers import Answers
from parley_gateway.work.cancellations import Cancellations, Finished
from parley_gateway.work.chats import Chats
from parley_gateway.work.datasets import Uploads
from parley_gateway.work.documents import Library
from parley_gateway.work.exports import Exports
from parley_gateway.work.orphans import Orphans
from parley_gateway.work.reading import Reading
from parley_gateway.work.research import Questions
from parley_gateway.work.schedules import Schedules
from parley_gateway.work.submissions import Submissions


@dataclass(frozen=True)
class Core:
    """Reading jobs, following them, the three things clients may do to them, and what they bring along."""

    settings: GatewaySettings
    jobs: Jobs
    hub: Hub
    following: Following
    submissions: Submissions
    answers: Answers
    cancellations: Cancellations
    datasets: Datasets
    uploads: Uploads
    documents: Documents
    library: Library
    reading: Reading
    orphans: Orphans
    research: Questions
    exports: Exports
    stored_schedules: StoredSchedules
    schedules: Schedules
    conversations: Conversations
    chats: Chats

    async def cancel(self, user: Principal, job: UUID) -> JobSnapshot:
        """Ask for a job's end, and wait a moment for it to have come. Raises `NotFound` or `Finished`."""
        if await self.cancellations.request(user, job):
            epoch = (await self.jobs.get(user.user, job)).snapshot.epoch
            await self.hub.ended(job, epoch, within=self.settings.cancel_wait)
        snapshot = await self.following.snapshot(user.user, job)
        if snapshot.status in FINAL - {Status.CANCELLED}:
            raise Finished(f"The job has {snapshot.status} and cannot be cancelled.")
        return snapshot


def core_of(connection: HTTPConnection) -> Core:
    return cast(Core, connection.app.state.core)


async def _provided(connection: HTTPConnection) -> Core:
    """A coroutine, because FastAPI sends any other dependency through a thread."""
    return core_of(connection)


Provided = Annotated[Core, Depends(_provided)]
