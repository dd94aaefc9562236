"""Answers that race with each other, with the recorder and with the end of their job; on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from parley_common.bus.message import Outgoing
from parley_common.contracts.enhance import Enhance
from parley_common.contracts.events import Asked, Completed, JobCompleted, JobStarted, QuestionAsked, Started
from parley_common.contracts.jobs import Options
from parley_common.errors import Gone
from parley_common.storage.database import Database
from parley_gateway.domain.frames import Frame
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.recent import Recent
from parley_gateway.live.recorder import Recorder
from parley_gateway.notify.outgoing import enqueue
from parley_gateway.security.principal import Principal
from parley_gateway.store.tables import job, question
from parley_gateway.work.answers import AcceptedAnswer, AlreadyAnswered, Answers, Given
from parley_gateway.work.submissions import Submissions

ADA = Principal("ada", operator=False)


@pytest.fixture
def gateway(database: Database) -> Any:
    recent = Recent()
    sent: list[Outgoing] = []
    database.on_commit = sent.extend
    return SimpleNamespace(
        database=database,
        recent=recent,
        sent=sent,
        submissions=Submissions(database, recent, Newcomers(), resend_after=60, check=lambda _: None),
        answers=Answers(database, recent, resend_after=60),
        recorder=Recorder(database, notify=enqueue),
    )


async def job_that_asks(gateway: Any) -> tuple[UUID, UUID, list[Frame]]:
    """A job, its question, and the events that say so; the recorder has not come to them."""
    answer = await gateway.submissions.submit(
        ADA, "enhance", work=Enhance(lazy_prompt="x"), options=Options(), key=None, answer=str
    )
    identity, asked, now = UUID(str(answer.body)), uuid4(), datetime.now(UTC)
    data = Asked(question_id=asked, prompt="Which tone?", schema_={}, expires_at=now + timedelta(hours=1))
    events = (
        JobStarted(job=identity, seq=2, time=now, data=Started(attempt=1)),
        QuestionAsked(job=identity, seq=3, time=now, data=data),
    )
    frames = [Frame.of(event) for event in events]
    for frame in frames:
        gateway.recent.add(frame)
    return identity, asked, frames


async def test_of_many_answers_one_is_kept_and_sent_while_the_recorder_stores_the_question(gateway: Any) -> None:
    identity, asked, frames = await job_that_asks(gateway)
    gateway.sent.clear()
    giving = (gateway.answers.give(ADA, identity, question=asked, given=Given(value=n)) for n in range(8))
    recording = (gateway.recorder.record(frame) for frame in frames)
    *outcomes, _, _ = await asyncio.gather(*giving, *recording, return_exceptions=True)
    accepted = [each for each in outcomes if isinstance(each, AcceptedAnswer)]
    others = [each.accepted for each in outcomes if isinstance(each, AlreadyAnswered)]
    assert len(accepted) == 1
    assert others == accepted * 7
    assert [message.key for message in gateway.sent] == ["enhancer.answer.v1"]
    assert await kept(gateway, asked) == ("answered", accepted[0].value, True)


async def test_answer_that_waits_for_the_end_of_its_job_comes_too_late(gateway: Any) -> None:
    identity, asked, _ = await job_that_asks(gateway)
    gateway.sent.clear()
    async with gateway.database.transaction() as transaction:
        await transaction.execute(select(job).where(job.c.id == identity).with_for_update())
        giving = asyncio.create_task(gateway.answers.give(ADA, identity, question=asked, given=Given(value="yes")))
        await somebody_waits(gateway.database)
        ended = update(job).where(job.c.id == identity).values(status="completed", completed_at=datetime.now(UTC))
        await transaction.execute(ended)
    with pytest.raises(Gone):
        await giving
    assert await kept(gateway, asked) is None
    assert gateway.sent == []


async def test_answer_is_not_sent_again_once_its_job_has_ended(gateway: Any) -> None:
    identity, asked, frames = await job_that_asks(gateway)
    await gateway.answers.give(ADA, identity, question=asked, given=Given(value="yes"))
    ended = JobCompleted(job=identity, seq=4, time=datetime.now(UTC), data=Completed(result={}))
    await asyncio.gather(*(gateway.recorder.record(frame) for frame in (*frames, Frame.of(ended))))
    assert await kept(gateway, asked) == ("answered", "yes", False)


async def kept(gateway: Any, asked: UUID) -> tuple[str, Any, bool] | None:
    """Status and value of the question, and whether its answer is to be sent again."""
    async with gateway.database.read() as connection:
        row = (await connection.execute(select(question).where(question.c.id == asked))).first()
    return row and (row.status, row.value, row.resend_at is not None)


async def somebody_waits(database: Database) -> None:
    """SQLite has one writer at a time anyway."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while database.dialect == "postgresql":
            async with database.read() as connection:
                if await connection.scalar(waiting):
                    return
