"""A research job in the shape of its polling route."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, JsonValue

from parley_common.contracts.events import Asked
from parley_common.contracts.jobs import Status
from parley_common.contracts.model import Contract
from parley_gateway.domain.projection import JobSnapshot

# A job that waits for its owner is under way to clients that know no questions.
_STATUS = {Status.WAITING: Status.RUNNING}
_WORDS = {
    Status.PENDING: "Waiting for a worker",
    Status.COMPLETED: "Completed",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
}


class ResearchJob(Contract):
    """`execution_time_seconds` is from the start to the end; `question` is the open one, if there is one."""

    success: Literal[True] = True
    job_id: UUID
    dataset_id: UUID | None
    main_question: str
    status: str
    current_stage: str | None
    progress_percentage: int
    result: JsonValue = None
    partial: JsonValue = None
    question: Asked | None = None
    error_message: str | None = None
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    execution_time_seconds: float | None


def research_job(snapshot: JobSnapshot) -> ResearchJob:
    work = snapshot.input if isinstance(snapshot.input, dict) else {}
    return ResearchJob.model_validate(
        {
            "job_id": snapshot.id,
            "dataset_id": work.get("dataset"),
            "main_question": work.get("question", ""),
            "status": _STATUS.get(snapshot.status, snapshot.status),
            "current_stage": _WORDS.get(snapshot.status) or snapshot.stage,
            "progress_percentage": int(snapshot.progress * 100 + 0.5),
            "result": snapshot.result,
            "partial": snapshot.partial,
            "question": snapshot.question,
            "error_message": snapshot.error.detail if snapshot.error else None,
            "created_at": snapshot.created_at,
            "started_at": snapshot.started_at,
            "completed_at": snapshot.completed_at,
            "execution_time_seconds": _seconds(snapshot),
        }
    )


def statuses_shown_as(status: Status | None) -> list[Status]:
    """The statuses of jobs that a list filtered by `status` shows; none if it is not filtered."""
    return [each for each in Status if status and status in {each, _STATUS.get(each)}]


def _seconds(snapshot: JobSnapshot) -> float | None:
    if snapshot.started_at is None or snapshot.completed_at is None:
        return None
    return round((snapshot.completed_at - snapshot.started_at).total_seconds(), 3)
