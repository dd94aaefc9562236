"""What a job asks to be told: refused at once if it cannot be, otherwise kept until it has been."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, SecretStr
from sqlalchemy import select, update

from parley_common.contracts.events import Asked, Completed, JobCompleted, JobProgress, Progress, QuestionAsked
from parley_common.contracts.jobs import Options
from parley_common.errors import Invalid, PermanentError, RetryableError
from parley_common.storage.database import Database
from parley_gateway.notify.notifier import Notifier, wait_after
from parley_gateway.notify.outgoing import check_options, enqueue
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.store.notifications import notification

CONFIGURED = NotifySettings(
    webhook_secret=SecretStr("whsec_" + b64encode(b"key").decode()), smtp_host="mail.test", attempts=3
)


class Snapshot(BaseModel):
    id: UUID
    kind: str = "enhance"
    status: str = "completed"


@dataclass(frozen=True)
class JobRow:
    id: UUID = field(default_factory=uuid4)
    owner: str = "ada"
    options: Mapping[str, Any] = field(
        default_factory=lambda: {"webhook_url": "https://hooks.example/", "notify_email": "ada@example.org"}
    )


@dataclass
class FakeChannel:
    """Notes what it is sent; raises `failures` one after the other before it works, and waits for `gate`."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, UUID, dict[str, Any]]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    tried: int = 0

    async def send(self, target: str, identity: UUID, body: Mapping[str, Any]) -> None:
        self.tried += 1
        if self.gate:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((target, identity, dict(body)))

    async def close(self) -> None: ...


async def read_job(owner: str, identity: UUID) -> Snapshot:
    return Snapshot(id=identity)


def notifier(database: Database, channel: FakeChannel, settings: NotifySettings = CONFIGURED) -> Notifier:
    return Notifier(database, settings, snapshot=read_job, channels={"webhook": channel, "email": channel})


def completed(job: JobRow) -> JobCompleted:
    return JobCompleted(job=job.id, seq=7, time=datetime.now(UTC), data=Completed(result="done"))


async def keep(database: Database, job: JobRow, *, times: int = 1) -> None:
    for _ in range(times):
        async with database.transaction() as transaction:
            await enqueue(transaction, job, completed(job))


async def work_off(one: Notifier) -> int:
    """Send what is due, and wait until it is sent or has failed."""
    count = await one.send_due()
    await asyncio.gather(*one._sending)
    return count


async def make_due(database: Database) -> None:
    async with database.transaction() as transaction:
        due = update(notification).where(notification.c.due_at.is_not(None))
        await transaction.execute(due.values(due_at=datetime.now(UTC) - timedelta(seconds=1)))


async def rows(database: Database) -> list[Any]:
    async with database.read() as connection:
        return list(await connection.execute(select(notification)))


async def test_end_of_a_job_is_told_once_on_each_channel(database: Database) -> None:
    job, channel = JobRow(), FakeChannel()
    await keep(database, job, times=3)
    one = notifier(database, channel)
    assert [await work_off(one), await work_off(one)] == [2, 0]
    assert {target for target, *_ in channel.sent} == {"https://hooks.example/", "ada@example.org"}
    assert {body["type"] for *_, body in channel.sent} == {"job.completed"}
    assert {body["data"]["id"] for *_, body in channel.sent} == {str(job.id)}
    assert [row.due_at for row in await rows(database)] == [None, None]


async def test_question_is_told_by_webhook_and_progress_by_nothing(database: Database) -> None:
    job = JobRow()
    asked = Asked(question_id=uuid4(), prompt="?", schema_={}, expires_at=datetime.now(UTC))
    async with database.transaction() as transaction:
        now = datetime.now(UTC)
        await enqueue(transaction, job, QuestionAsked(job=job.id, seq=2, time=now, data=asked))
        await enqueue(transaction, job, JobProgress(job=job.id, seq=3, time=now, data=Progress(fraction=0, stage="")))
    assert [(row.channel, row.type) for row in await rows(database)] == [("webhook", "question.asked")]


async def test_job_that_asked_for_nothing_is_told_to_nobody(database: Database) -> None:
    await keep(database, JobRow(options={}))
    assert await rows(database) == []


async def test_failure_is_tried_again_under_the_same_id(database: Database) -> None:
    channel = FakeChannel(failures=[RetryableError("away"), RetryableError("away")])
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    one = notifier(database, channel)
    for _ in range(3):
        assert await work_off(one) == 1
        assert await work_off(one) == 0
        await make_due(database)
    [(_, identity, _)] = channel.sent
    [row] = await rows(database)
    assert (row.id, row.attempts, row.due_at) == (identity, 3, None)


async def test_it_is_given_up_after_the_last_attempt(database: Database) -> None:
    channel = FakeChannel(failures=[RetryableError("away") for _ in range(9)])
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    one = notifier(database, channel)
    for _ in range(5):
        await work_off(one)
        await make_due(database)
    [row] = await rows(database)
    assert (channel.tried, row.due_at, row.problem) == (3, None, "away")


async def test_refusal_for_good_is_not_tried_again(database: Database) -> None:
    channel = FakeChannel(failures=[PermanentError("no more")])
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    await work_off(notifier(database, channel))
    [row] = await rows(database)
    assert (row.due_at, row.problem) == (None, "no more")


async def test_gateways_share_the_work_without_repeating_it(database: Database) -> None:
    channel = FakeChannel(gate=asyncio.Event())
    for _ in range(5):
        await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    one, other = notifier(database, channel), notifier(database, channel)
    assert sum(await asyncio.gather(one.send_due(), other.send_due())) == 5
    channel.gate.set()  # type: ignore[union-attr]
    await asyncio.gather(*one._sending, *other._sending)
    assert len({identity for _, identity, _ in channel.sent}) == len(channel.sent) == 5


async def test_killed_gateway_leaves_its_notification_to_another(database: Database) -> None:
    stuck, channel = FakeChannel(gate=asyncio.Event()), FakeChannel()
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    killed = notifier(database, stuck)
    await killed.send_due()
    await killed.stop()
    assert await work_off(notifier(database, channel)) == 0
    await make_due(database)
    assert await work_off(notifier(database, channel)) == 1
    assert len(channel.sent) == 1


async def test_late_failure_does_not_undo_a_later_success(database: Database) -> None:
    slow, quick = FakeChannel(failures=[RetryableError("late")], gate=asyncio.Event()), FakeChannel()
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    first = notifier(database, slow)
    await first.send_due()
    await make_due(database)
    await work_off(notifier(database, quick))
    slow.gate.set()  # type: ignore[union-attr]
    await asyncio.gather(*first._sending)
    [row] = await rows(database)
    assert (row.due_at, row.problem) == (None, None)


async def test_running_notifier_sends_by_itself(database: Database) -> None:
    channel = FakeChannel()
    one = notifier(database, channel, CONFIGURED.model_copy(update={"poll": 0.01}))
    await one.start()
    await keep(database, JobRow(options={"webhook_url": "https://hooks.example/"}))
    async with asyncio.timeout(10):
        while not channel.sent:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await one.stop()


def test_wait_grows_and_stays_within_bounds() -> None:
    waits = [wait_after(attempt, first=5) for attempt in (1, 2, 3, 10, 60)]
    assert waits == sorted(waits)[:3] + waits[3:]
    assert 4 <= waits[0] <= 6
    assert max(waits) <= 6 * 3600 * 1.2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"webhook_url": "http://127.0.0.1/"}, "webhook_refused"),
        ({"webhook_url": "http://localhost:8000/"}, "webhook_refused"),
        ({"webhook_url": "http://[::1]/"}, "webhook_refused"),
        ({"webhook_url": "http://2130706433/"}, "webhook_refused"),
        ({"webhook_url": "https://169.254.169.254/latest/meta-data"}, "webhook_refused"),
        ({"notify_email": "a,b@example.org"}, "email_invalid"),
        ({"notify_email": "a<b@example.org"}, "email_invalid"),
        ({"notify_email": "ädа@example.org"}, "email_invalid"),
        ({"notify_email": "a;b@example.org"}, "email_invalid"),
    ],
)
def test_notification_that_could_never_be_sent_is_refused(options: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_options(Options(**options), CONFIGURED)
    assert refused.value.code == code


def test_channel_that_is_not_configured_is_refused() -> None:
    for options, code in (
        ({"webhook_url": "https://hooks.example/"}, "webhooks_not_configured"),
        ({"notify_email": "ada@example.org"}, "email_not_configured"),
    ):
        with pytest.raises(Invalid) as refused:
            check_options(Options.model_validate(options), NotifySettings())
        assert (refused.value.code, refused.value.status) == (code, 422)


def test_usual_options_are_accepted() -> None:
    check_options(Options(), NotifySettings())
    usual = {"webhook_url": "https://hooks.example/a?b=c", "notify_email": "ada+jobs@mail.example.org"}
    check_options(Options.model_validate(usual), CONFIGURED)
