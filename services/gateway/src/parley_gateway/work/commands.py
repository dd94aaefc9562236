"""The commands of a job; all can be built from its row, so that sending one again needs nothing but the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from opentelemetry import context, propagate
from sqlalchemy import Row

from parley_common.bus.message import Outgoing, command
from parley_common.contracts.commands import AnswerQuestion, CancelJob
from parley_common.contracts.jobs import Options
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.store.jobs import snapshot_of
from parley_gateway.work.kinds import kind_named


def start(job: JobSnapshot, *, owner: str, options: Options) -> Outgoing:
    kind = kind_named(job.kind)
    body = kind.start.model_validate(
        {
            "job": job.id,
            "kind": job.kind,
            "owner": owner,
            "epoch": job.epoch,
            "priority": options.priority,
            "budget": options.budget,
            "created_at": job.created_at,
            "input": job.input,
        }
    )
    return command(kind.service, kind.start.verb, body, priority=options.priority)


def start_again(row: Row[Any]) -> Outgoing:
    with _traced(row):
        return start(snapshot_of(row), owner=row.owner, options=Options.model_validate(row.options))


def answer(job: Any, question: Any) -> Outgoing:
    """For a question that has one."""
    body = AnswerQuestion(
        job=job.id,
        kind=job.kind,
        owner=job.owner,
        question_id=question.id,
        answer_id=question.answer_id,
        value=question.value,
        declined=question.declined,
        answered_at=question.answered_at,
    )
    with _traced(job):
        return command(job.service, "answer", body)


def cancel(row: Row[Any]) -> Outgoing:
    body = CancelJob(
        job=row.id,
        kind=row.kind,
        owner=row.owner,
        epoch=row.epoch,
        seq=row.seq,
        requested_at=row.cancel_requested_at or datetime.now(UTC),
    )
    with _traced(row):
        return command(row.service, "cancel", body)


def trace() -> dict[str, str]:
    """The trace that is under way, to be kept with a job."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


@contextmanager
def _traced(row: Any) -> Iterator[None]:
    """Let what is sent belong to the trace in which the job was submitted."""
    token = context.attach(propagate.extract(row.trace))
    try:
        yield
    finally:
        context.detach(token)
