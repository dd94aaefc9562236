"""What an upload's owner is told of the job that works on it."""

from __future__ import annotations

from typing import Literal

from parley_common.contracts.jobs import Problem, Status

ProcessingStatus = Literal["pending", "processing", "completed", "failed"]

_STATUS: dict[Status, ProcessingStatus] = {
    Status.PENDING: "pending",
    Status.RUNNING: "processing",
    Status.WAITING: "processing",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}
_CANCELLED = Problem(code="cancelled", title="Cancelled", detail="It was cancelled before it came to its end.")


def processing_status(status: Status) -> ProcessingStatus:
    return _STATUS[status]


def processing_problem(status: Status, error: Problem | None) -> Problem | None:
    """Why nothing came of it, if so."""
    return _CANCELLED if status is Status.CANCELLED else error
