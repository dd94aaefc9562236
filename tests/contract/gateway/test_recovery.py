"""What was accepted is done, and what happened is told, whatever was lost in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from parley_common.bus.dead import browse
from parley_common.bus.message import event
from parley_gateway.domain.frames import EVENT


@pytest.fixture
def quick(start_gateway: Any) -> Any:
    """A gateway that loses patience soon."""
    return lambda: start_gateway(resend_after=0.05, resend_at_most=0.2, resend_sweep=0.05)


async def test_commands_without_effect_are_sent_again_until_they_have_one(quick: Any, worker: Any) -> None:
    gateway = await quick()
    job = await gateway.submit()
    again = await worker.command("start", job, count=3)
    assert again["input"]["lazy_prompt"] == "write to the landlord"
    await worker.start(job)
    question = await worker.ask(job)
    await gateway.job_when(job, lambda s: s["question"] is not None)
    await gateway.answer(job, question, value="formal")
    assert (await worker.command("answer", job, count=3))["value"] == "formal"
    await worker.answered(job)
    await gateway.job_when(job, lambda s: s["seq"] == 4)
    asyncio.get_running_loop().create_task(gateway.http.delete(f"/v1/jobs/{job}"))
    await worker.command("cancel", job)
    # What had been sent before they took effect has come by now: it was in the queue before the cancellation.
    starts, answers = len(worker.named("start", job)), len(worker.named("answer", job))
    await worker.command("cancel", job, count=3)
    await worker.emit(job, "job.cancelled", 5, partial=None)
    await gateway.job_when(job, lambda s: s["status"] == "cancelled")
    assert len(worker.named("start", job)) == starts
    assert len(worker.named("answer", job)) == answers


async def test_events_out_of_order_and_repeated_make_the_same_job(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.command("start", job)
    await worker.complete(job, 4)
    await worker.emit(job, "job.progress", 3, fraction=0.5, stage="Half")
    assert (await gateway.job(job))["seq"] == 1
    for _ in range(2):
        await worker.emit(job, "job.started", 2, attempt=1)
    done = await gateway.job_when(job, lambda s: s["status"] == "completed")
    assert (done["seq"], done["stage"], done["attempts"]) == (4, "Half", 1)
    async with gateway.socket("/v1/ws") as socket:
        await socket.say({"type": "subscribe", "job": job, "since": 0})
        assert [(await socket.frame())["type"] for _ in range(2)] == ["hello", "subscribed"]
        assert [(await socket.frame())["seq"] for _ in range(4)] == [1, 2, 3, 4]


async def test_a_gateway_that_was_away_knows_everything_when_it_is_back(
    start_gateway: Any, worker: Any, gateway: Any
) -> None:
    job = await gateway.submit()
    await worker.start(job)
    async with gateway.socket("/v1/ws") as socket:
        await socket.say({"type": "subscribe", "job": job})
        await socket.until("job.started")
    gateway.server.should_exit = True
    await worker.emit(job, "job.progress", 3, fraction=0.5, stage="Meanwhile")
    back = await start_gateway()
    async with back.socket("/v1/ws") as socket:
        await socket.say({"type": "subscribe", "job": job, "since": "1:2"})
        assert (await socket.until("subscribed"))["recovered"]
        assert (await socket.frame())["seq"] == 3
        await worker.complete(job, 4)
        assert (await socket.until("job.completed"))["seq"] == 4


async def test_events_of_unknown_jobs_are_dropped_without_harm(gateway: Any, worker: Any) -> None:
    await worker.emit(str(uuid4()), "job.started", 2, attempt=1)
    job = await gateway.submit()
    await worker.start(job)
    assert (await gateway.job_when(job, lambda s: s["seq"] == 2))["status"] == "running"


async def test_an_event_that_does_not_validate_becomes_a_dead_letter_and_others_go_on(
    gateway: Any, worker: Any
) -> None:
    job = await gateway.submit()
    good = EVENT.validate_python(
        {"type": "job.started", "job": job, "seq": 2, "time": datetime.now(UTC), "data": {"attempt": 1}}
    )
    message = event("enhancer", good, owner="x")
    await worker.bus.publish(replace(message, body=b'{"type":"job.started","job":"poison"}'))
    await worker.start(job)
    assert (await gateway.job_when(job, lambda s: s["seq"] == 2))["status"] == "running"
    async with asyncio.timeout(20):
        while not (letters := await browse(worker.bus.broker, queue="gateway.recorder")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert letters[0].body.endswith('"poison"}')


async def test_a_job_for_later_is_not_started_now(quick: Any, worker: Any) -> None:
    gateway = await quick()
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    job = await gateway.submit(run_at=later)
    now = await gateway.submit()
    await worker.command("start", now, count=2)
    assert worker.named("start", job) == []


async def test_a_gateway_is_ready_when_its_own_queue_answers(gateway: Any) -> None:
    ready = await gateway.http.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["checks"]["bus"] == "ok"


async def test_without_a_broker_work_is_accepted_and_the_gateway_says_it_is_not_ready(
    start_gateway: Any, tmp_path: Path
) -> None:
    nowhere = SecretStr("amqp://guest:guest@127.0.0.1:1/")
    gateway = await start_gateway(amqp_url=nowhere, data=tmp_path / "other", database_url=None)
    job = await gateway.submit()
    assert (await gateway.job(job))["status"] == "pending"
    ready = await gateway.http.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["bus"]) == (503, "failed")
