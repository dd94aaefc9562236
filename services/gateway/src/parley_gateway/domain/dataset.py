"""A dataset as its owner sees it: what was uploaded, and what became of loading it."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime

from parley_common.contracts.datasets import Profile
from parley_common.contracts.jobs import Problem
from parley_common.contracts.model import Contract
from parley_gateway.domain.processing import ProcessingStatus


class Dataset(Contract):
    """`status` is that of `job_id`, the job that loads it; `error` says why there is no table. `size` is in bytes."""

    dataset_id: UUID
    name: str
    status: ProcessingStatus
    job_id: UUID
    rows: int | None = None
    size: int | None = None
    error: Problem | None = None
    created_at: AwareDatetime


class DatasetDetails(Dataset):
    """The same with what the table is like, once it is loaded."""

    profile: Profile | None = None
