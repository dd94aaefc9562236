"""What the job runtime promises when workers die, freeze or stop, and when messages or the bus get lost."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from parley_common.contracts.commands import StartJob
from parley_common.contracts.events import Completed, Progress
from parley_common.contracts.jobs import Priority
from parley_common.errors import RetryableError
from parley_common.metering import meter
from parley_common.runtime.job import Job
from parley_common.runtime.journal import Journal
from parley_common.runtime.lease import Beat
from parley_common.runtime.ledger import Claim, Ledger, Stored, Write
from parley_common.runtime.ledgers import open_ledger
from parley_common.runtime.tables import job as job_table
from parley_common.runtime.tables import outbox
from parley_common.storage.database import Database
from parley_common.storage.errors import DatabaseUnavailable

from .conftest import OWNER, Start

NEVER = 3600.0


class Frozen:
    """A step that hangs in the first worker that runs it, until told to go on, and is quick in every other."""

    def __init__(self) -> None:
        self.calls = 0
        self.hung = asyncio.Event()
        self.thaw = asyncio.Event()
        self.thawed = asyncio.Event()

    async def call(self) -> str:
        self.calls += 1
        if self.calls == 1:
            self.hung.set()
            await self.thaw.wait()
            self.thawed.set()
            return "from the frozen worker"
        return "from the other worker"


async def dies(site: Any, workflow: Any, **options: Any) -> tuple[Any, UUID]:
    """A job whose worker has stopped renewing its lease."""
    site.workflow(workflow)
    worker = await site.worker(heartbeat=NEVER, sweep=NEVER, stop_grace=0.0)
    return worker, await site.start(worker, **options)


async def taken_over(site: Any, job: UUID, count: int = 1) -> Any:
    other = await site.worker()
    await site.bus.until(lambda: len(site.bus.commands("resume")) >= count)
    await site.resume(other, job)
    return other


async def test_job_of_a_dead_worker_goes_on_elsewhere_without_repeating_finished_steps(site: Any) -> None:
    frozen, calls = Frozen(), []

    async def first() -> str:
        calls.append("first")
        return "first"

    async def work(job: Job) -> list[str]:
        return [await job.step("first", first), await job.step("second", frozen.call)]

    _, job = await dies(site, work)
    await frozen.hung.wait()
    await taken_over(site, job)
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"] == {"value": ["first", "from the other worker"]}
    assert calls == ["first"]
    assert site.bus.of(job, "job.started")[-1]["data"]["attempt"] == 2


async def test_frozen_worker_that_comes_back_writes_nothing(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        return await job.step("call", frozen.call)

    first, job = await dies(site, work)
    await frozen.hung.wait()
    await taken_over(site, job)
    await site.bus.event(job, "job.completed")
    told = site.log(job)
    frozen.thaw.set()
    await frozen.thawed.wait()
    await first.stop()
    assert site.log(job) == told
    assert first.running == 0


async def test_step_that_keeps_killing_its_worker_is_quarantined(site: Any) -> None:
    entered = asyncio.Queue[int]()

    async def deadly() -> str:
        entered.put_nowait(1)
        return await asyncio.Event().wait() and ""

    async def work(job: Job) -> str:
        return await job.step("deadly", deadly)

    _, job = await dies(site, work)
    await entered.get()
    for crash in (1, 2):
        sweeping = await site.worker(slots=1)
        await site.bus.until(lambda crash=crash: len(site.bus.commands("resume")) >= crash)
        await sweeping.stop()
        doomed = await site.worker(heartbeat=NEVER, sweep=NEVER, stop_grace=0.0)
        await site.resume(doomed, job)
        await entered.get()
    await site.worker()
    failed = await site.bus.event(job, "job.failed")
    assert failed["data"]["problem"]["code"] == "quarantined"
    assert "3 times" in failed["data"]["problem"]["detail"]


async def test_cancel_of_a_job_whose_owner_died_is_finished_by_another_worker(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        job.keep({"text": "so far"})
        await job.progress(0.1, "Working")
        return await job.step("call", frozen.call)

    _, job = await dies(site, work)
    await frozen.hung.wait()
    await site.cancel(await site.worker(), job)
    assert (await site.bus.event(job, "job.cancelled"))["data"]["partial"] == {"text": "so far"}


@pytest.mark.parametrize(("answer", "calls", "result"), [("rerun", 2, "sent"), ("skip", 1, None)])
async def test_half_run_once_effect_becomes_a_question(site: Any, answer: str, calls: int, result: Any) -> None:
    frozen = Frozen()

    async def send() -> str | None:
        await frozen.call()
        return "sent"

    async def work(job: Job) -> str | None:
        return await job.step("send", send, effect="once")

    _, job = await dies(site, work)
    await frozen.hung.wait()
    other = await taken_over(site, job)
    asked = await site.bus.event(job, "question.asked")
    assert asked["data"]["options"] == ["rerun", "skip", "abort"]
    assert frozen.calls == 1
    await site.answer(other, job, answer)
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": result}
    assert frozen.calls == calls


async def test_half_run_once_effect_can_abort_the_job(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        return await job.step("send", frozen.call, effect="once")

    _, job = await dies(site, work)
    await frozen.hung.wait()
    other = await taken_over(site, job)
    await site.bus.event(job, "question.asked")
    await site.answer(other, job, "abort")
    assert (await site.bus.event(job, "job.failed"))["data"]["problem"]["code"] == "half_run"
    assert frozen.calls == 1


async def test_stopping_worker_lets_the_step_finish_and_hands_the_job_over(site: Any) -> None:
    frozen, second = Frozen(), []

    async def after() -> str:
        second.append(1)
        return "after"

    async def work(job: Job) -> list[str]:
        return [await job.step("long", frozen.call), await job.step("after", after)]

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    await frozen.hung.wait()
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    frozen.thaw.set()
    await stopping
    assert second == []
    await site.bus.until(lambda: site.bus.commands("resume"))
    await site.resume(await site.worker(), job)
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"] == {"value": ["from the frozen worker", "after"]}
    assert frozen.calls == 1


async def test_step_that_outlasts_the_grace_is_handed_over_without_waiting_for_the_lease(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        return await job.step("long", frozen.call)

    site.workflow(work)
    worker = await site.worker(stop_grace=0.05, lease=NEVER)
    job = await site.start(worker)
    await frozen.hung.wait()
    await worker.stop()
    await site.bus.until(lambda: site.bus.commands("resume"))
    await site.resume(await site.worker(), job)
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": "from the other worker"}


async def test_heartbeat_keeps_a_long_step_alive_while_the_event_loop_is_busy(site: Any) -> None:
    async def busy() -> str:
        time.sleep(1.5)  # noqa: ASYNC251 - the point: nothing else runs on this loop for longer than the lease
        return "done"

    async def work(job: Job) -> str:
        return await job.step("busy", busy)

    site.workflow(work)
    job = await site.start(await site.worker())
    await site.bus.event(job, "job.completed")
    assert site.bus.of(job, "job.started")[-1]["data"]["attempt"] == 1
    assert site.bus.commands("resume") == []


async def test_heartbeat_from_before_a_claim_was_known_takes_nothing_away(site: Any) -> None:
    go_on = asyncio.Event()

    async def work(job: Job) -> None:
        await go_on.wait()

    site.workflow(work)
    worker = await site.worker(heartbeat=NEVER)
    job = await site.start(worker)
    worker._on_beat(Beat(sent_at=time.monotonic(), held=[], mine={}, renewed=()))
    go_on.set()
    await site.bus.event(job, "job.completed")


async def test_job_whose_claim_was_never_confirmed_is_not_kept_from_others(site: Any) -> None:
    first, done = list[UUID](), asyncio.Event()

    async def work(job: Job) -> None:
        first.append(job.id)
        if job.id == first[0]:
            await done.wait()

    site.workflow(work)
    worker = await site.worker()
    busy = await site.start(worker)
    await site.bus.event(busy, "job.started")
    unconfirmed = await site.start(worker)
    await site.bus.event(unconfirmed, "job.completed")
    # As if the connection had broken in the commit: the claim is in SQL, and the worker knows nothing of it.
    until = datetime.now(UTC) + timedelta(seconds=site.settings.lease)
    claimed = {"status": "running", "lease_owner": worker.id, "lease_until": until, "ended_at": None}
    async with site.database.transaction() as transaction:
        await transaction.execute(update(job_table).where(job_table.c.id == unconfirmed).values(claimed))
    await site.bus.until(lambda: site.bus.commands("resume"))
    await site.resume(worker, unconfirmed)
    await site.bus.event(unconfirmed, "job.completed", 2)
    done.set()
    await site.bus.event(busy, "job.completed")


async def test_write_of_a_cancelled_run_that_was_taken_over_is_no_bug_to_report(site: Any) -> None:
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    worker = await site.worker(heartbeat=NEVER, sweep=NEVER)
    command = StartJob(job=uuid4(), kind="any", owner="ada", created_at=datetime.now(UTC))
    run, journal = (
        await worker._claims.start(command),
        Journal(site.database, open_ledger(site.database), site.settings),
    )
    async with run.writing:
        writing = asyncio.create_task(journal.record(run, Progress(fraction=0.5, stage="half")))
        await asyncio.sleep(0)
        writing.cancel()
        await asyncio.wait({writing})
        async with site.database.transaction() as transaction:
            await transaction.execute(update(job_table).values(fence=run.fence + 1))
    await asyncio.wait(set(journal._writes))
    assert writing.cancelled()
    del writing  # its traceback would keep the write from being collected, which is when it would complain
    gc.collect()
    assert complaints == []


async def test_lost_wake_up_is_sent_again(site: Any) -> None:
    async def work(job: Job) -> Any:
        return (await job.ask("tone", "Which tone?")).value

    site.workflow(work)
    worker = await site.worker(slots=1, hint_after=0.2)
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await worker._slots.acquire(Priority.INTERACTIVE, timeout=1)
    await site.answer(worker, job, "warm")
    await site.bus.until(lambda: len(site.bus.commands("resume")) >= 3)
    worker._slots.release(Priority.INTERACTIVE)
    await site.resume(worker, job)
    await site.bus.event(job, "job.completed")


async def test_message_without_a_slot_goes_to_the_tail(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        return await job.step("call", frozen.call)

    site.workflow(work)
    worker = await site.worker(slots=1, slot_wait=0.05)
    await site.start(worker)
    await frozen.hung.wait()
    second = await site.start(worker)
    assert [m.headers["cloudEvents:subject"] for m in site.bus.commands("start")] == [str(second)]
    assert site.bus.of(second) == []
    frozen.thaw.set()


async def test_batch_jobs_leave_a_slot_for_interactive_ones(site: Any) -> None:
    frozen = Frozen()

    async def work(job: Job) -> str:
        return await job.step("call", frozen.call)

    site.workflow(work)
    worker = await site.worker(slots=2, batch_slots=1, slot_wait=0.05)
    await site.start(worker, priority=Priority.BATCH)
    await frozen.hung.wait()
    refused = await site.start(worker, priority=Priority.BATCH)
    taken = await site.start(worker)
    await site.bus.event(taken, "job.completed")
    assert site.bus.of(refused) == []
    assert site.bus.commands("start")[0].key == "enhancer.start.v1.batch"
    frozen.thaw.set()


async def test_events_wait_in_the_outbox_while_the_bus_is_down_and_leave_it_once_confirmed(site: Any) -> None:
    async def work(job: Job) -> str:
        return "done"

    site.workflow(work)
    site.bus.down = RetryableError("no broker")
    job = await site.start(await site.worker())
    await rows(site, outbox, 2)
    assert site.bus.of(job) == []
    site.bus.down = None
    await site.bus.event(job, "job.completed")
    await rows(site, outbox, 0)
    assert site.log(job) == ["job.started", "job.completed"]


async def test_thousand_waiting_jobs_take_no_slot_and_no_memory_of_a_run(site: Any) -> None:
    async def work(job: Job) -> Any:
        return (await job.ask("tone", "Which tone?")).value

    site.workflow(work)
    worker = await site.worker(slots=2)
    jobs = [await site.start(worker) for _ in range(1000)]
    await site.bus.event(jobs[-1], "question.asked")
    await site.bus.until(lambda: worker.running == 0)
    await site.answer(worker, jobs[500], "warm")
    await site.bus.event(jobs[500], "job.completed")


async def test_write_that_committed_although_the_connection_broke_is_not_taken_for_a_lost_lease(site: Any) -> None:
    """The commit went through, its acknowledgement did not: the retry finds its own write and goes on."""
    worker, ledger = await site.worker(), Breaking(open_ledger(site.database))
    command = Start(job=uuid4(), kind="any", owner=OWNER, created_at=datetime.now(UTC))
    run, journal = await worker._claims.start(command), Journal(site.database, ledger, site.settings)
    assert run
    await journal.record(run, Progress(fraction=0.5, stage="Half"), progress=0.5)
    await journal.complete(run, Completed(result="done"))
    await site.bus.event(run.id, "job.completed")
    assert ledger.broken == 2
    assert site.log(run.id) == ["job.started", "job.progress", "job.completed"]


class Breaking:
    """A ledger that loses its connection after each commit that goes through."""

    def __init__(self, inner: Ledger) -> None:
        self.inner = inner
        self.broken = 0

    async def read(self, job: UUID) -> Stored | None:
        return await self.inner.read(job)

    async def claim(self, claim: Claim) -> bool:
        return await self.inner.claim(claim)

    async def write(self, write: Write) -> bool:
        if not await self.inner.write(write):
            return False
        self.broken += 1
        raise DatabaseUnavailable("connection lost after the commit")


async def test_worker_starts_many_times_at_once_on_an_empty_database(site: Any) -> None:
    others = [Database.open(site.settings, "enhancer", "parley_common.runtime.migrations") for _ in range(4)]
    await asyncio.gather(*(other.upgrade() for other in others))
    for other in others:
        await other.close()


async def test_job_of_a_paused_worker_is_checked_before_its_next_step(site: Any) -> None:
    """A worker that slept past its lease asks the database before it spends anything."""
    calls: list[str] = []
    gate = asyncio.Event()
    waiting = asyncio.Event()

    async def paid() -> str:
        calls.append("paid")
        return ""

    async def work(job: Job) -> str:
        waiting.set()
        await gate.wait()
        return await job.step("paid", paid)

    worker, job = await dies(site, work)
    await waiting.wait()
    (run, _) = worker._runs[job]
    run.renewed_at -= 60
    async with site.database.transaction() as transaction:
        await transaction.execute(update(job_table).where(job_table.c.id == job).values(fence=job_table.c.fence + 1))
    gate.set()
    await worker.stop()
    assert calls == []


@pytest.mark.parametrize("taken", [True, False])
async def test_a_worker_that_slept_within_a_step_pays_only_for_what_is_still_its_own(site: Any, taken: bool) -> None:
    calls: list[str] = []
    waiting, gate = asyncio.Event(), asyncio.Event()

    async def paid() -> str:
        waiting.set()
        await gate.wait()
        await meter().confirm()
        calls.append("paid")
        return ""

    worker, job = await dies(site, lambda job: job.step("paid", paid))
    await waiting.wait()
    (run, _) = worker._runs[job]
    run.renewed_at -= 60
    async with site.database.transaction() as transaction:
        values = {"fence": job_table.c.fence + int(taken)}
        await transaction.execute(update(job_table).where(job_table.c.id == job).values(values))
    gate.set()
    if not taken:
        await site.bus.event(job, "job.completed")
    await worker.stop()
    assert calls == ([] if taken else ["paid"])


async def rows(site: Any, table: Any, count: int) -> None:
    """Wait until the table holds this many rows."""
    async with asyncio.timeout(10):
        while True:
            async with site.database.read() as connection:
                if (await connection.execute(select(func.count()).select_from(table))).scalar_one() == count:
                    return
            await asyncio.sleep(0.01)
