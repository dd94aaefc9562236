"""One job that somebody keeps locked costs a worker no other lease."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from parley_common.runtime.job import Job
from parley_common.runtime.tables import job as job_table

NEVER = 3600.0
postgres = pytest.param("postgresql", marks=pytest.mark.connected)


@pytest.mark.parametrize("sql_url", [postgres], indirect=True)
async def test_job_whose_row_is_held_by_a_frozen_process_costs_its_worker_no_other_lease(site: Any) -> None:
    go_on = asyncio.Event()

    async def work(job: Job) -> None:
        await go_on.wait()

    site.workflow(work)
    worker = await site.worker(sweep=NEVER)
    locked, free = await site.start(worker), await site.start(worker)
    async with site.database.transaction() as frozen:
        await frozen.execute(select(job_table.c.id).where(job_table.c.id == locked).with_for_update())
        run_out = [await lease(site, job) for job in (locked, free)]
        async with asyncio.timeout(20):
            while await lease(site, free) <= max(run_out):  # noqa: ASYNC110 - only the database knows
                await asyncio.sleep(0.05)
        assert worker.running == 2
    go_on.set()
    for job in (locked, free):
        await site.bus.event(job, "job.completed")
        assert site.bus.of(job, "job.started")[-1]["data"]["attempt"] == 1


async def lease(site: Any, job: UUID) -> datetime:
    async with site.database.read() as connection:
        until: datetime = await connection.scalar(select(job_table.c.lease_until).where(job_table.c.id == job))
    return until
