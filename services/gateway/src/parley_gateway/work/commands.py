"""The commands of a job, built from its row, so that sending one again needs nothing but the database."""

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
from parley_gateway.work.kinds import kind_named


def start(row: Row[Any]) -> Outgoing:
    kind = kind_named(row.kind)
    options = Options.model_validate(row.options)
    body = kind.start.model_validate(
        {
            "job": row.id,
            "kind": row.kind,
            "owner": row.owner,
            "epoch": row.epoch,
            "priority": options.priority,
            "budget": options.budget,
            "created_at": row.created_at,
            "input": row.input,
        }
    )
    with _traced(row):
        return command(kind.service, kind.start.verb, body, priority=options.priority)


def answer(job: Row[Any], question: Row[Any]) -> Outgoing:
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
def _traced(row: Row[Any]) -> Iterator[None]:
    """Let what is sent belong to the trace in which the job was submitted."""
    token = context.attach(propagate.extract(row.trace))
    try:
        yield
    finally:
        context.detach(token)
