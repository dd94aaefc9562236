"""A dataset as its owner sees it: what was uploaded, and what became of loading it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from parley_common.contracts.datasets import Profile
from parley_common.contracts.jobs import Problem, Status
from parley_common.contracts.model import Contract

LoadStatus = Literal["pending", "processing", "completed", "failed"]

_STATUS: dict[Status, LoadStatus] = {
    Status.PENDING: "pending",
    Status.RUNNING: "processing",
    Status.WAITING: "processing",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}
_CANCELLED = Problem(code="cancelled", title="Cancelled", detail="Loading was cancelled before it came to its end.")


class Dataset(Contract):
    """`status` is that of `job_id`, the job that loads it; `error` says why there is no table. `size` is in bytes."""

    dataset_id: UUID
    name: str
    status: LoadStatus
    job_id: UUID
    rows: int | None = None
    size: int | None = None
    error: Problem | None = None
    created_at: AwareDatetime


class DatasetDetails(Dataset):
    """The same with what the table is like, once it is loaded."""

    profile: Profile | None = None


def load_status(status: Status) -> LoadStatus:
    return _STATUS[status]


def load_problem(status: Status, error: Problem | None) -> Problem | None:
    return _CANCELLED if status is Status.CANCELLED else error
