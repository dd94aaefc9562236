"""A job as clients see it, and how each event changes it: pure, so that any replay ends in the same snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, JsonValue

from parley_common.contracts.events import (
    Asked,
    Event,
    JobCancelled,
    JobCompleted,
    JobFailed,
    JobProgress,
    JobStarted,
    JobStep,
    QuestionAnswered,
    QuestionAsked,
    QuestionExpired,
)
from parley_common.contracts.jobs import FINAL, Mode, Problem, Status, Usage
from parley_common.contracts.model import Contract
from parley_common.metering import add


class JobSnapshot(Contract):
    """One job after its first `seq` events; `question` is the open one, if any, `trace_id` for support."""

    id: UUID
    kind: str
    status: Status
    progress: float = 0.0
    stage: str | None = None
    input: JsonValue = None
    result: JsonValue = None
    partial: JsonValue = None
    error: Problem | None = None
    usage: Usage = Usage()
    mode: Mode | None = None
    model: str | None = None
    question: Asked | None = None
    epoch: int = 1
    seq: int = 1
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    attempts: int = 0
    trace_id: str | None = None


def project(snapshot: JobSnapshot, event: Event) -> JobSnapshot:
    """The snapshot after `event`; unchanged unless it is the very next event of an unfinished log."""
    if (event.epoch, event.seq) != (snapshot.epoch, snapshot.seq + 1) or snapshot.status in FINAL:
        return snapshot
    return snapshot.model_copy(update={"seq": event.seq, **_changes(snapshot, event)})


def fold(snapshot: JobSnapshot, events: Iterable[Event]) -> JobSnapshot:
    for event in events:
        snapshot = project(snapshot, event)
    return snapshot


def _changes(snapshot: JobSnapshot, event: Event) -> dict[str, Any]:
    match event:
        case JobStarted(data=data):
            return {
                "status": Status.RUNNING,
                "attempts": data.attempt,
                "mode": data.mode or snapshot.mode,
                "model": data.model or snapshot.model,
                "started_at": snapshot.started_at or event.time,
            }
        case JobStep(data=data) if data.usage:
            return {"usage": add(snapshot.usage, data.usage)}
        case JobProgress(data=data):
            return {"progress": data.fraction, "stage": data.stage}
        case QuestionAsked(data=data):
            return {"status": Status.WAITING, "question": data}
        case QuestionAnswered() | QuestionExpired():
            return _closed(snapshot, event.data.question_id)
        case _:
            return _ended(snapshot, event)


def _closed(snapshot: JobSnapshot, question: UUID) -> dict[str, Any]:
    if snapshot.question is None or snapshot.question.question_id != question:
        return {}
    return {"status": Status.RUNNING, "question": None}


def _ended(snapshot: JobSnapshot, event: Event) -> dict[str, Any]:
    ended = {"question": None, "completed_at": event.time}
    match event:
        case JobCompleted(data=data):
            done = {"status": Status.COMPLETED, "progress": 1.0, "result": data.result, "usage": data.usage}
            return ended | done | {"mode": data.mode or snapshot.mode, "model": data.model or snapshot.model}
        case JobFailed(data=data):
            failed = {"status": Status.FAILED, "error": data.problem, "partial": data.partial}
            return ended | failed | {"usage": data.usage}
        case JobCancelled(data=data):
            return ended | {"status": Status.CANCELLED, "partial": data.partial, "usage": data.usage}
        case _:
            return {}
