"""Where a client stands in a job's log: what it may see, what it has seen, and from where it goes on."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from parley_common.contracts.jobs import Status
from parley_common.errors import Invalid
from parley_gateway.domain.projection import JobSnapshot, fold
from parley_gateway.live.hub import Hub
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.subscription import Position
from parley_gateway.security.principal import Principal
from parley_gateway.store.jobs import Jobs, StoredJob, unknown

LAG = 2.0
POLL = 0.1
_CURSOR = re.compile(r"(?:([0-9]{1,9}):)?([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """The last event a client has seen; without an epoch it means the present one."""

    epoch: int | None
    seq: int


@dataclass(frozen=True)
class Followed:
    """A job, and the position a client goes on from. `recovered`: nothing it has seen comes again.

    `settled` are the questions that need no answer any more.
    """

    snapshot: JobSnapshot
    position: Position
    recovered: bool
    settled: frozenset[UUID]


def parse_cursor(text: str | int | None) -> Cursor | None:
    """Read `<epoch>:<seq>` or `<seq>`; raises `Invalid`."""
    if text is None:
        return None
    found = _CURSOR.fullmatch(str(text))
    if not found:
        raise Invalid("A cursor is <epoch>:<seq> or <seq>.", code="cursor_invalid")
    return Cursor(int(found[1]) if found[1] else None, int(found[2]))


class Following:
    """Jobs as of this moment: what is stored, and what has come since."""

    def __init__(self, jobs: Jobs, hub: Hub, newcomers: Newcomers) -> None:
        self._jobs = jobs
        self._hub = hub
        self._newcomers = newcomers

    async def snapshot(self, owner: str, job: UUID) -> JobSnapshot:
        """Raises `NotFound`."""
        return (await self._now(owner, job)).snapshot

    async def snapshot_of(self, kind: str, owner: str, job: UUID) -> JobSnapshot:
        """The same for a job of one kind; one of another is not found."""
        snapshot = await self.snapshot(owner, job)
        if snapshot.kind != kind:
            raise unknown(job)
        return snapshot

    def status(self, job: UUID, stored: Status, *, epoch: int, seq: int) -> Status:
        """How a job stands that was read in this state; takes no connection, so it may be asked in a transaction."""
        known = JobSnapshot(id=job, kind="", status=stored, epoch=epoch, seq=seq, created_at=datetime.now(UTC))
        return fold(known, (frame.event for frame in self._hub.recent.following(job, epoch, seq))).status

    async def locate(self, user: Principal, job: UUID, *, since: Cursor | None) -> Followed:
        """Where to go on; a cursor this log never had means from the beginning. Raises `NotFound`."""
        now = self._newcomer(user.user, job, since) or await self._reaching(user.user, job, since)
        snapshot = now.snapshot
        latest = max(snapshot.seq, self._hub.recent.latest(job, snapshot.epoch))
        known = since is None or (since.epoch in {None, snapshot.epoch} and since.seq <= latest)
        begin = since.seq if since and known else 0
        return Followed(snapshot, Position(job, snapshot.epoch, begin, latest), known, now.settled)

    async def _reaching(self, owner: str, job: UUID, since: Cursor | None) -> StoredJob:
        """The job, waiting a little for events which the client may have got from another gateway."""
        now = await self._now(owner, job)
        deadline = asyncio.get_running_loop().time() + LAG
        while since and since.epoch in {None, now.snapshot.epoch} and since.seq > now.snapshot.seq:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(POLL)
            now = await self._now(owner, job)
        return now

    def _newcomer(self, owner: str, job: UUID, since: Cursor | None) -> StoredJob | None:
        """A job that was accepted here just now; once it has asked, only the database knows whether it was answered."""
        accepted = self._newcomers.get(owner, job)
        if accepted is None or since:
            return None
        recent = list(self._hub.recent.following(job, accepted.epoch, accepted.seq))
        if any(frame.type == "question.asked" for frame in recent):
            return None
        return StoredJob(fold(accepted, (frame.event for frame in recent)), frozenset())

    async def _now(self, owner: str, job: UUID) -> StoredJob:
        """What is stored, brought up to what has come since."""
        stored = await self._jobs.get(owner, job)
        recent = self._hub.recent.following(job, stored.snapshot.epoch, stored.snapshot.seq)
        snapshot = fold(stored.snapshot, (frame.event for frame in recent))
        if snapshot.question and snapshot.question.question_id in stored.settled:
            snapshot = snapshot.model_copy(update={"question": None})
        return StoredJob(snapshot, stored.settled)
