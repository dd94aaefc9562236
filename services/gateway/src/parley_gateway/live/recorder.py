"""Stores every journaled event and what it makes of its job; the only writer of projections."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from parley_common.batching import Batcher
from parley_common.contracts.events import Asked, Event, QuestionAnswered, QuestionAsked, QuestionExpired
from parley_common.contracts.jobs import FINAL, Status
from parley_common.errors import PermanentError, RetryableError
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway import metrics
from parley_gateway.domain.frames import Frame
from parley_gateway.domain.projection import JobSnapshot, project
from parley_gateway.store import events, jobs, questions

BATCH = 500
BREATH = 0.05
ACCEPTED = "job.accepted"

log = structlog.get_logger()

Notify = Callable[[Transaction, Row[Any], Event], Awaitable[None]]
"""Called for each event with the row of its job, inside the transaction in which the event takes effect."""


class NotRecorded(PermanentError):
    """The database refuses this event."""

    code = "not_recorded"


class Recorder:
    """Takes events in any order, repeated or not, and stores them in batches."""

    def __init__(self, database: Database, *, notify: Notify) -> None:
        self._database = database
        self._notify = notify
        self._batches: Batcher[Frame, NotRecorded | None] = Batcher(self._record, size=BATCH)

    async def record(self, frame: Frame) -> None:
        """Return when the event is committed, however long the database is away; raises `NotRecorded`."""
        if frame.type == ACCEPTED:
            return  # stored together with its job, or the job would not be
        refused = await self._batches.add(frame)
        if refused:
            raise refused
        metrics.EVENTS_RECORDED.inc()

    async def _record(self, frames: Sequence[Frame]) -> Sequence[NotRecorded | None]:
        """Store a batch at once; under load let the next one grow for a moment, since clients have its events."""
        outcomes = await self._store(frames)
        if len(frames) > 1:
            await asyncio.sleep(BREATH)
        return outcomes

    async def _store(self, frames: Sequence[Frame]) -> Sequence[NotRecorded | None]:
        """Store a batch; if the database refuses it, find out which event is to blame."""
        try:
            await self._commit(frames)
        except SQLAlchemyError as error:
            if len(frames) == 1:
                log.error("event not recorded", job=str(frames[0].job), seq=frames[0].seq, exc_info=error)
                return [NotRecorded(f"event {frames[0].seq} of job {frames[0].job} cannot be stored")]
            return [outcome for frame in frames for outcome in await self._store([frame])]
        return [None] * len(frames)

    async def _commit(self, frames: Sequence[Frame]) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(RetryableError),
            wait=wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=0.5),
        ):
            with attempt:
                async with self._database.transaction() as transaction:
                    await self._apply(transaction, frames)

    async def _apply(self, transaction: Transaction, frames: Sequence[Frame]) -> None:
        rows = await jobs.lock(transaction, {frame.job for frame in frames})
        await events.append(transaction, [frame for frame in frames if frame.job in rows])
        changes = _Changes(rows)
        known = {events.key(frame): frame for frame in frames}
        for frame in await events.unprojected(transaction, list(rows), known):
            changes.take(frame.event)
        await changes.save(transaction, self._notify)


class _Changes:
    """What a run of events changes, gathered per job."""

    def __init__(self, rows: dict[UUID, Row[Any]]) -> None:
        self._rows = rows
        self._snapshots = {identity: jobs.snapshot_of(row) for identity, row in rows.items()}
        self._taken: defaultdict[UUID, list[Event]] = defaultdict(list)

    def take(self, event: Event) -> None:
        before = self._snapshots[event.job]
        after = project(before, event)
        if after is not before:
            self._snapshots[event.job] = after
            self._taken[event.job].append(event)

    def _events(self) -> list[Event]:
        return [event for group in self._taken.values() for event in group]

    async def save(self, transaction: Transaction, notify: Notify) -> None:
        if not self._taken:
            return
        changed = [self._snapshots[identity] for identity in self._taken]
        await jobs.keep(transaction, [(each, self._resend_at(each)) for each in changed])
        await self._save_questions(transaction)
        if ended := [each.id for each in changed if each.status in FINAL]:
            await questions.close(transaction, ended)
        for event in self._events():
            await notify(transaction, self._rows[event.job], event)

    async def _save_questions(self, transaction: Transaction) -> None:
        asked: list[tuple[UUID, Asked]] = [(e.job, e.data) for e in self._events() if isinstance(e, QuestionAsked)]
        await questions.add(transaction, asked)
        for event in self._events():
            if isinstance(event, QuestionAnswered):
                await questions.confirm(transaction, event.data)
            elif isinstance(event, QuestionExpired):
                await questions.expire(transaction, event.data.question_id)

    def _resend_at(self, changed: JobSnapshot) -> datetime | None:
        """When to send the last command again: never, once its effect is here."""
        row = self._rows[changed.id]
        awaited = changed.status not in FINAL and (changed.status is Status.PENDING or row.cancel_requested_at)
        return cast(datetime | None, row.resend_at) if awaited else None
