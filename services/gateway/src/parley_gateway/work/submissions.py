"""Taking in work: the job, its first event and its start command, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, JsonValue
from uuid_utils.compat import uuid7

from parley_common.bus.message import event
from parley_common.contracts.events import Accepted, JobAccepted
from parley_common.contracts.jobs import Options, Status
from parley_common.errors import Invalid
from parley_common.storage.database import Database
from parley_common.storage.group import GroupCommit
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.frames import Frame
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.recent import Recent
from parley_gateway.security.principal import Principal
from parley_gateway.store import accepted as store
from parley_gateway.store import jobs
from parley_gateway.store.accepted import NewJob
from parley_gateway.work import commands
from parley_gateway.work.kinds import kind_named

RETRY_AFTER = "2"
LONGEST_DELAY = timedelta(days=3660)

Beside = Callable[[Transaction, UUID], Awaitable[None]]
"""Writes what belongs to a new job, whose id it is given, in the same transaction."""


class Submissions:
    """Accepts jobs of every kind. What it has accepted is started, whatever dies.

    Jobs that come while others are being committed are committed together; each of them still all or nothing.
    """

    def __init__(
        self,
        database: Database,
        recent: Recent,
        newcomers: Newcomers,
        *,
        resend_after: float,
        check: Callable[[Options], None],
    ) -> None:
        self._database = database
        self._recent = recent
        self._newcomers = newcomers
        self._resend_after = timedelta(seconds=resend_after)
        self.check = check
        self._commits: GroupCommit[NewJob, None] = GroupCommit(self._commit)

    async def submit(
        self,
        user: Principal,
        kind: str,
        *,
        work: BaseModel,
        options: Options,
        key: IdempotencyKey | None,
        answer: Callable[[UUID], JsonValue],
        subject: UUID | None = None,
        beside: Beside | None = None,
    ) -> Answer:
        """Accept a job and say so with `answer(job)`; a repeat with the same key gets the first answer.

        `subject` is the id of what the job is about.
        """
        self.check(options)
        snapshot, new = self._prepared(uuid7(), user.user, kind, work=work, options=options, subject=subject)
        accepted = answer_of(snapshot.id, answer(snapshot.id))
        if first := await self._store(new, key, accepted, beside):
            return first
        self._recent.add(new.accepted)
        self._newcomers.add(user.user, snapshot)
        return accepted

    async def accept(
        self,
        transaction: Transaction,
        owner: str,
        kind: str,
        *,
        work: BaseModel,
        options: Options,
        subject: UUID | None,
        identity: UUID | None = None,
    ) -> UUID:
        """Accept a job as part of a transaction that does more than that; returns its id, `identity` if given."""
        snapshot, new = self._prepared(identity or uuid7(), owner, kind, work=work, options=options, subject=subject)
        await store.add_to(transaction, [new])
        return snapshot.id

    async def _store(
        self, new: NewJob, key: IdempotencyKey | None, accepted: Answer, beside: Beside | None
    ) -> Answer | None:
        """Commit a job, or return what was answered to its key before."""
        if key is None and beside is None:
            await self._commits.add(new)
            return None
        async with self._database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first
            await store.add_to(transaction, [new])
            if beside:
                await beside(transaction, new.accepted.job)
            await remember(transaction, key, accepted)
        return None

    async def _commit(self, new: Sequence[NewJob]) -> Sequence[None]:
        await store.add(self._database, new)
        return [None] * len(new)

    def _prepared(
        self, identity: UUID, owner: str, kind: str, *, work: BaseModel, options: Options, subject: UUID | None
    ) -> tuple[JobSnapshot, NewJob]:
        now, service = datetime.now(UTC), kind_named(kind).service
        begin, trace = _begin(options.run_at, now), commands.trace()
        snapshot = JobSnapshot(
            id=identity,
            kind=kind,
            status=Status.PENDING,
            input=work.model_dump(mode="json"),
            created_at=now,
            trace_id=jobs.trace_id_of(trace),
        )
        row = jobs.new_row(
            snapshot,
            owner=owner,
            service=service,
            subject=subject,
            options=options.model_dump(mode="json", exclude_none=True),
            resend_at=begin + self._resend_after,
            trace=trace,
        )
        said = Accepted(kind=kind, priority=options.priority, run_at=options.run_at)
        accepted = JobAccepted(job=snapshot.id, seq=1, time=now, data=said)
        start = commands.start(snapshot, owner=owner, options=options)
        start = replace(start, available_at=begin if begin > now else None)
        # The command leaves first: a worker waits for it, while whoever submitted the job knows what the event says.
        return snapshot, NewJob(row, Frame.of(accepted), (start, event(service, accepted, owner=owner)))


def answer_of(job: UUID, body: JsonValue) -> Answer:
    """What is answered to whoever submitted this job."""
    return Answer(202, body, {"Location": f"/v1/jobs/{job}", "Retry-After": RETRY_AFTER})


def _begin(run_at: datetime | None, now: datetime) -> datetime:
    """When the job may start; a time that has passed means now."""
    if run_at is None or run_at <= now:
        return now
    if run_at - now > LONGEST_DELAY:
        raise Invalid(f"run_at may be at most {LONGEST_DELAY.days} days ahead.", code="run_at_too_far")
    return run_at
