"""A job that was accepted here just now is known without the database, to its owner alone and not for long."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from parley_common.contracts.jobs import Status
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.live.newcomers import Newcomers


def new_job() -> JobSnapshot:
    return JobSnapshot(id=uuid4(), kind="enhance", status=Status.PENDING, input="a lot", created_at=datetime.now(UTC))


def test_only_the_owner_finds_a_new_job() -> None:
    newcomers, job = Newcomers(), new_job()
    newcomers.add("ada", job)
    assert newcomers.get("ada", job.id) == job.model_copy(update={"input": None})
    assert newcomers.get("bob", job.id) is None
    assert newcomers.get("ada", uuid4()) is None


def test_a_job_is_new_for_a_moment_only() -> None:
    now = 0.0
    newcomers, early, late = Newcomers(seconds=10, clock=lambda: now), new_job(), new_job()
    newcomers.add("ada", early)
    now = 9.0
    newcomers.add("ada", late)
    now = 11.0
    assert newcomers.get("ada", early.id) is None
    assert newcomers.get("ada", late.id) is not None


def test_the_oldest_make_room() -> None:
    newcomers, jobs = Newcomers(most=2), [new_job() for _ in range(3)]
    for job in jobs:
        newcomers.add("ada", job)
    assert [newcomers.get("ada", job.id) is not None for job in jobs] == [False, True, True]
