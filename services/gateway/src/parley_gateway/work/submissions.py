"""Taking in work: the job, its first event and its start command, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, JsonValue
from uuid_utils.compat import uuid7

from parley_common.bus.message import event
from parley_common.contracts.events import Accepted, JobAccepted
from parley_common.contracts.jobs import Options, Status
from parley_common.errors import Invalid
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.frames import Frame
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.security.principal import Principal
from parley_gateway.store import events, jobs
from parley_gateway.work import commands
from parley_gateway.work.kinds import Kind, kind_named

RETRY_AFTER = "2"
LONGEST_DELAY = timedelta(days=3660)


class Submissions:
    """Accepts jobs of every kind. What it has accepted is started, whatever dies."""

    def __init__(self, database: Database, *, resend_after: float, check: Callable[[Options], None]) -> None:
        self._database = database
        self._resend_after = timedelta(seconds=resend_after)
        self._check = check

    async def submit(
        self,
        user: Principal,
        kind: str,
        *,
        work: BaseModel,
        options: Options,
        key: IdempotencyKey | None,
        answer: Callable[[UUID], JsonValue],
    ) -> Answer:
        """Accept a job and say so with `answer(job)`; a repeat with the same key gets the first answer."""
        self._check(options)
        async with self._database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first
            job = await self._add(transaction, user, kind_named(kind), work=work, options=options)
            headers = {"Location": f"/v1/jobs/{job}", "Retry-After": RETRY_AFTER}
            accepted = Answer(202, answer(job), headers)
            await remember(transaction, key, accepted)
        return accepted

    async def _add(
        self, transaction: Transaction, user: Principal, kind: Kind, *, work: BaseModel, options: Options
    ) -> UUID:
        now = datetime.now(UTC)
        snapshot = JobSnapshot(
            id=uuid7(), kind=kind.name, status=Status.PENDING, input=work.model_dump(mode="json"), created_at=now
        )
        begin = _begin(options.run_at, now)
        further: dict[str, Any] = {
            "owner": user.user,
            "service": kind.service,
            "options": options.model_dump(mode="json", exclude_none=True),
            "resend_at": begin + self._resend_after,
            "trace": commands.trace(),
        }
        await jobs.add(transaction, snapshot, **further)
        row = await jobs.lock_own(transaction, user.user, snapshot.id)
        accepted = JobAccepted(
            job=snapshot.id,
            seq=1,
            time=now,
            data=Accepted(kind=kind.name, priority=options.priority, run_at=options.run_at),
        )
        await events.append(transaction, [Frame.of(accepted)])
        start = replace(commands.start(row), available_at=begin if begin > now else None)
        transaction.send(event(kind.service, accepted, owner=user.user), start)
        return snapshot.id


def _begin(run_at: datetime | None, now: datetime) -> datetime:
    """When the job may start; a time that has passed means now."""
    if run_at is None or run_at <= now:
        return now
    if run_at - now > LONGEST_DELAY:
        raise Invalid(f"run_at may be at most {LONGEST_DELAY.days} days ahead.", code="run_at_too_far")
    return run_at
