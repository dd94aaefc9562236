"""What the job runtime promises while nothing breaks: steps, questions, cancels, limits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from parley_common.contracts.jobs import Budget, Usage
from parley_common.errors import PermanentError, RetryableError
from parley_common.metering import meter
from parley_common.runtime.job import Job, SoftTimeLimit

from .conftest import OWNER, Delivery, Start


class Draft(BaseModel):
    text: str
    marks: list[int]


async def test_finished_job_tells_its_whole_story_in_order(site: Any) -> None:
    async def draft(topic: str) -> Draft:
        return Draft(text=topic, marks=[1, 2])

    async def work(job: Job) -> str:
        await job.progress(0.5, "Drafting")
        return (await job.step("draft", draft, "tea")).text

    site.workflow(work)
    job = await site.start(await site.worker())
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"] == {"value": "tea"}
    assert site.log(job) == ["job.started", "job.progress", "job.step", "job.completed"]


async def test_step_result_comes_back_typed_after_a_suspension_and_runs_once(site: Any) -> None:
    calls: list[str] = []

    async def draft() -> Draft:
        calls.append("draft")
        return Draft(text="x", marks=[3])

    async def work(job: Job) -> list[int]:
        first = await job.step("draft", draft)
        await job.ask("tone", "Which tone?")
        return first.marks

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.bus.until(lambda: worker.running == 0)
    await site.answer(worker, job, "warm")
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": [3]}
    assert calls == ["draft"]


async def asking(job: Job) -> dict[str, Any]:
    answer = await job.ask("tone", "Which tone?", default="plain", timeout=30)
    return {"outcome": answer.outcome, "value": answer.value}


async def test_answer_wakes_the_job_on_another_worker(site: Any) -> None:
    site.workflow(asking)
    first, second = await site.worker(), await site.worker()
    job = await site.start(first)
    await site.bus.event(job, "question.asked")
    await site.answer(second, job, "warm")
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"] == {"value": {"outcome": "answered", "value": "warm"}}
    assert site.log(job) == ["job.started", "question.asked", "question.answered", "job.started", "job.completed"]


async def test_answer_given_twice_wakes_the_job_once(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await asyncio.gather(*(site.answer(worker, job, f"answer {n}") for n in range(5)))
    await site.bus.event(job, "job.completed")
    assert site.log(job).count("question.answered") == 1
    assert site.log(job).count("job.started") == 2


async def test_answer_of_another_user_changes_nothing(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.answer(worker, job, "mine", owner="eve")
    await site.answer(worker, job, "yours")
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"]["value"]["value"] == "yours"


async def test_declining_is_an_answer(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.answer(worker, job, None, declined=True)
    done = await site.bus.event(job, "job.completed")
    assert done["data"]["result"]["value"] == {"outcome": "declined", "value": None}


async def test_unanswered_question_takes_its_default_at_the_deadline(site: Any) -> None:
    async def work(job: Job) -> Any:
        return (await job.ask("tone", "Which tone?", default="plain", timeout=0.05)).value

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    assert (await site.bus.event(job, "question.expired"))["data"]["default_used"] is True
    await site.bus.until(lambda: site.bus.commands("resume"))
    await site.resume(worker, job)
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": "plain"}


async def test_unanswered_question_without_a_default_fails_the_job(site: Any) -> None:
    async def work(job: Job) -> Any:
        return (await job.ask("tone", "Which tone?", timeout=0.05)).value

    site.workflow(work)
    job = await site.start(await site.worker())
    failed = await site.bus.event(job, "job.failed")
    assert failed["data"]["problem"]["code"] == "question_expired"
    assert site.log(job) == ["job.started", "question.asked", "question.expired", "job.failed"]


async def test_retryable_error_is_tried_again_and_each_attempt_is_visible(site: Any) -> None:
    attempts: list[int] = []

    async def flaky() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise RetryableError("not yet", code="busy")
        return "ok"

    async def work(job: Job) -> str:
        return await job.step("flaky", flaky)

    site.workflow(work)
    job = await site.start(await site.worker())
    await site.bus.event(job, "job.completed")
    steps = [f["data"] for f in site.bus.of(job, "job.step")]
    assert [(s["status"], s["attempt"]) for s in steps] == [("retrying", 1), ("retrying", 2), ("completed", 3)]
    assert steps[0]["problem"]["code"] == "busy"


async def test_permanent_error_fails_the_job_at_the_first_attempt(site: Any) -> None:
    attempts: list[int] = []

    async def broken() -> str:
        attempts.append(1)
        raise PermanentError("never", code="nope")

    async def work(job: Job) -> str:
        return await job.step("broken", broken)

    site.workflow(work)
    job = await site.start(await site.worker())
    failed = await site.bus.event(job, "job.failed")
    assert failed["data"]["problem"]["code"] == "nope"
    assert len(attempts) == 1


async def test_error_a_workflow_handled_is_handled_the_same_way_on_replay(site: Any) -> None:
    calls: list[str] = []

    async def search() -> str:
        calls.append("search")
        raise PermanentError("no network", code="search_failed")

    async def work(job: Job) -> str:
        try:
            found = await job.step("search", search)
        except PermanentError as error:
            found = f"nothing: {error.code}"
        await job.ask("tone", "Which tone?")
        return found

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.answer(worker, job, "warm")
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": "nothing: search_failed"}
    assert calls == ["search"]


async def test_bug_in_a_workflow_fails_its_job_without_telling_secrets(site: Any) -> None:
    async def work(job: Job) -> str:
        raise ValueError("password=hunter2")

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    failed = await site.bus.event(job, "job.failed")
    assert failed["data"]["problem"]["code"] == "internal"
    assert "hunter2" not in str(failed)
    await site.bus.until(lambda: worker.running == 0)


async def test_same_key_with_other_arguments_is_refused(site: Any) -> None:
    async def echo(value: int) -> int:
        return value

    async def work(job: Job) -> int:
        await job.step("echo", echo, 1)
        return await job.step("echo", echo, 2)

    site.workflow(work)
    job = await site.start(await site.worker())
    assert (await site.bus.event(job, "job.failed"))["data"]["problem"]["code"] == "non_deterministic"


async def test_parallel_steps_finish_before_a_sibling_suspends_the_job(site: Any) -> None:
    gate, calls = asyncio.Event(), []

    async def slow() -> str:
        calls.append("slow")
        await gate.wait()
        return "slow"

    async def work(job: Job) -> Any:
        async def ask() -> Any:
            return (await job.ask("tone", "Which tone?")).value

        async with asyncio.TaskGroup() as group:
            first = group.create_task(job.step("slow", slow))
            await asyncio.sleep(0)
            second = group.create_task(ask())
        return [first.result(), second.result()]

    site.workflow(work)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.until(lambda: site.bus.ephemeral)
    gate.set()
    await site.bus.event(job, "question.asked")
    await site.answer(worker, job, "warm")
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": ["slow", "warm"]}
    assert calls == ["slow"]


async def test_task_a_workflow_leaves_behind_ends_with_its_job(site: Any) -> None:
    left: list[asyncio.Task[str]] = []

    async def forever() -> str:
        return await asyncio.Event().wait() and ""

    async def work(job: Job) -> str:
        left.append(asyncio.create_task(job.step("forever", forever)))
        await asyncio.sleep(0)
        raise PermanentError("enough", code="enough")

    site.workflow(work)
    job = await site.start(await site.worker())
    await site.bus.event(job, "job.failed")
    assert left[0].cancelled()


class Blocked:
    """A step that stays where it is until the job is cancelled, and knows whether it was."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.later: list[str] = []

    async def hold(self) -> str:
        self.entered.set()
        await asyncio.Event().wait()
        return ""

    async def after(self) -> str:
        self.later.append("ran")
        return ""

    async def work(self, job: Job) -> str:
        job.keep({"half": "done"})
        with suppress(Exception):  # what this is about: it must not swallow a cancel
            await job.step("hold", self.hold)
        return await job.step("after", self.after)


async def test_running_job_is_cancelled_at_once_and_keeps_what_it_had(site: Any) -> None:
    blocked = Blocked()
    site.workflow(blocked.work)
    worker = await site.worker()
    job = await site.start(worker)
    await blocked.entered.wait()
    await site.cancel(worker, job)
    cancelled = await site.bus.event(job, "job.cancelled")
    assert cancelled["data"]["partial"] == {"half": "done"}
    assert blocked.later == []


async def test_cancel_reaches_a_job_on_another_worker_by_its_heartbeat(site: Any) -> None:
    blocked = Blocked()
    site.workflow(blocked.work)
    owner, other = await site.worker(), await site.worker()
    job = await site.start(owner)
    await blocked.entered.wait()
    await site.cancel(other, job)
    await site.bus.event(job, "job.cancelled")
    assert blocked.later == []


async def test_cancel_by_another_user_changes_nothing(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.cancel(worker, job, owner="eve")
    await site.answer(worker, job, "warm")
    await site.bus.event(job, "job.completed")


async def test_waiting_job_is_cancelled_in_sql_and_a_late_answer_does_not_revive_it(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = await site.start(worker)
    await site.bus.event(job, "question.asked")
    await site.cancel(worker, job)
    await site.bus.event(job, "job.cancelled")
    await site.answer(worker, job, "late")
    await site.cancel(worker, job)
    await site.resume(worker, job)
    assert site.log(job) == ["job.started", "question.asked", "job.cancelled"]


async def test_cancel_that_meets_a_job_just_suspending_ends_it(site: Any) -> None:
    go_on = asyncio.Event()

    async def work(job: Job) -> None:
        await go_on.wait()
        await job.ask("audience", "Who is it for?")

    site.workflow(work)
    worker = await site.worker(heartbeat=3600, sweep=3600)
    job = await site.start(worker)
    run, _ = worker._runs[job]
    async with run.writing:
        go_on.set()
        async with asyncio.timeout(5):
            while not worker._executor.journal._writes:  # noqa: ASYNC110 - the question is on its way into SQL
                await asyncio.sleep(0.01)
            cancelling = asyncio.create_task(site.cancel(worker, job))
            while not run.cancelled:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await cancelling
    await site.bus.event(job, "job.cancelled")
    assert site.log(job) == ["job.started", "question.asked", "job.cancelled"]


async def test_job_cancelled_before_it_started_never_starts(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    job = UUID(int=7)
    await site.cancel(worker, job)
    await site.bus.event(job, "job.cancelled")
    await worker.claim(Start(job=job, kind="any", owner=OWNER, created_at=datetime.now(UTC)), Delivery())
    assert site.log(job) == ["job.cancelled"]


async def test_repeated_start_runs_the_job_once(site: Any) -> None:
    site.workflow(asking)
    worker = await site.worker()
    start = Start(job=UUID(int=8), kind="any", owner=OWNER, created_at=datetime.now(UTC))
    deliveries = [Delivery() for _ in range(4)]
    await asyncio.gather(*(worker.claim(start, delivery) for delivery in deliveries))
    await site.bus.event(start.job, "question.asked")
    assert site.log(start.job) == ["job.started", "question.asked"]
    assert {d.settled for d in deliveries} == {"ack"}


async def test_budget_of_calls_stops_the_next_call(site: Any) -> None:
    async def call() -> int:
        meter().check()
        meter().charge(Usage(calls=1, tokens_in=10, tokens_out=5, cost=0.5))
        return 1

    async def work(job: Job) -> int:
        return sum([await job.step("call", call, key=f"call {n}") for n in range(5)])

    site.workflow(work)
    job = await site.start(await site.worker(), budget=Budget(calls=2))
    failed = (await site.bus.event(job, "job.failed"))["data"]
    assert failed["problem"]["code"] == "budget_exceeded"
    assert failed["usage"] == {"calls": 2, "tokens_in": 20, "tokens_out": 10, "cost": 1.0}


async def test_hard_time_limit_fails_the_job(site: Any) -> None:
    site.workflow(Blocked().work)
    job = await site.start(await site.worker(hard_limit=0.05))
    failed = await site.bus.event(job, "job.failed")
    assert failed["data"]["problem"]["code"] == "time_limit"
    assert failed["data"]["partial"] == {"half": "done"}


async def test_soft_time_limit_lets_the_workflow_wrap_up_once(site: Any) -> None:
    async def part() -> str:
        return "part"

    async def work(job: Job) -> str:
        try:
            await job.step("first", part)
        except SoftTimeLimit:
            return "wrapped up: " + await job.step("last", part)
        return "not stopped"

    site.workflow(work)
    job = await site.start(await site.worker(soft_limit=-1.0))
    assert (await site.bus.event(job, "job.completed"))["data"]["result"] == {"value": "wrapped up: part"}


async def test_step_that_takes_too_long_is_tried_again(site: Any) -> None:
    calls: list[int] = []

    async def slow_once() -> str:
        calls.append(1)
        if len(calls) == 1:
            await asyncio.Event().wait()
        return "ok"

    async def work(job: Job) -> str:
        return await job.step("slow", slow_once, timeout=0.05)

    site.workflow(work)
    job = await site.start(await site.worker())
    await site.bus.event(job, "job.completed")
    assert site.bus.of(job, "job.step")[0]["data"]["problem"]["code"] == "step_timeout"


async def test_streamed_text_arrives_in_order_and_leaves_no_trace_in_the_log(site: Any) -> None:
    async def work(job: Job) -> str:
        async def write() -> str:
            async with job.stream() as text:
                for word in ("one ", "two ", "three"):
                    text.write(word)
                    await asyncio.sleep(0)
            return text.text

        return await job.step("write", write)

    site.workflow(work)
    job = await site.start(await site.worker())
    await site.bus.event(job, "job.completed")
    deltas = [f["data"] for f in site.bus.ephemeral if f["type"] == "message.delta"]
    assert "".join(d["delta"] for d in deltas) == "one two three"
    assert [d["offset"] for d in deltas] == [sum(len(p["delta"]) for p in deltas[:n]) for n in range(len(deltas))]
    assert "message.delta" not in site.log(job)
