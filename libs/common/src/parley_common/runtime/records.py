"""Events and rows of a job, built from what the runtime knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from parley_common.contracts import events as e
from parley_common.contracts.jobs import Budget, Priority, Problem, Usage
from parley_common.contracts.model import Contract
from parley_common.runtime.run import QuestionRow, Run, StepRow

EVENT_OF: Final[Mapping[type[Contract], type[e.Event]]] = {
    e.Started: e.JobStarted,
    e.Step: e.JobStep,
    e.Progress: e.JobProgress,
    e.Delta: e.MessageDelta,
    e.Snapshot: e.MessageSnapshot,
    e.Source: e.SourceAdded,
    e.Artifact: e.ArtifactAdded,
    e.Asked: e.QuestionAsked,
    e.Answered: e.QuestionAnswered,
    e.Expired: e.QuestionExpired,
    e.Completed: e.JobCompleted,
    e.Failed: e.JobFailed,
    e.Cancelled: e.JobCancelled,
}


def frame(data: Contract, *, job: UUID, epoch: int, seq: int | None) -> e.Event:
    """The event that carries `data`; `seq=None` makes it ephemeral."""
    return EVENT_OF[type(data)].model_validate(
        {"job": job, "epoch": epoch, "seq": seq, "time": datetime.now(UTC), "data": data}
    )


def run_from(job: Mapping[Any, Any], steps: Iterable[Any] = (), questions: Iterable[Any] = ()) -> Run:
    return Run(
        id=job["id"],
        kind=job["kind"],
        owner=job["owner"],
        priority=Priority(job["priority"]),
        epoch=job["epoch"],
        seq=job["last_seq"],
        fence=job["fence"],
        attempt=job["attempts"],
        input=job["input"],
        budget=Budget.model_validate(job["budget"] or {}),
        usage=Usage.model_validate(job["usage"]),
        progress=job["progress"],
        partial=job["partial"],
        ran_before=job["ran_seconds"],
        trace=job["trace"] or {},
        steps={row.key: step_from(row) for row in steps},
        questions={row.key: QuestionRow(row.id, row.key, row.prompt, row.outcome, row.value) for row in questions},
    )


def step_from(row: Any) -> StepRow:
    return StepRow(
        key=row.key,
        name=row.name,
        fingerprint=row.fingerprint,
        status=row.status,
        output=row.output,
        problem=Problem.model_validate(row.problem) if row.problem else None,
        retryable=row.retryable,
        attempts=row.attempts,
        seconds=row.seconds,
        usage=Usage.model_validate(row.usage),
    )


def step_values(job: UUID, step: StepRow) -> dict[str, Any]:
    return {
        "job": job,
        "key": step.key,
        "name": step.name,
        "fingerprint": step.fingerprint,
        "status": step.status,
        "output": step.output,
        "problem": step.problem.model_dump() if step.problem else None,
        "retryable": step.retryable,
        "attempts": step.attempts,
        "seconds": step.seconds,
        "usage": step.usage.model_dump(),
    }
