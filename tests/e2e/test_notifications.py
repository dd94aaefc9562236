"""Who asked to be told is told: by a signed webhook or a mail, also after failures and restarts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from support.clients import eventually
from support.receivers import MailReceiver, WebReceiver, receiving
from support.system import QUICK, Embedded
from support.visitor import Visitor, assert_problem

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EAGER = {"PARLEY_NOTIFY_POLL": "0.1", "PARLEY_NOTIFY_BACKOFF": "0.2", "PARLEY_NOTIFY_ATTEMPTS": "5"}


@pytest_asyncio.fixture
async def hook() -> AsyncIterator[WebReceiver]:
    receiver = WebReceiver()
    async with receiving(receiver):
        yield receiver


@pytest_asyncio.fixture
async def postbox() -> AsyncIterator[MailReceiver]:
    receiver = MailReceiver()
    async with receiving(receiver):
        yield receiver


@pytest_asyncio.fixture
async def telling(postbox: MailReceiver, tmp_path: Path) -> AsyncIterator[Embedded]:
    """A system that may post to this machine, and has a mail server."""
    allowed = {"PARLEY_WEBHOOK_SECRET": SECRET, "PARLEY_WEBHOOK_ALLOW_PRIVATE": "true", "SMTP_URL": postbox.url}
    public = {"PARLEY_PUBLIC_URL": "https://parley.example.org", "SMTP_FROM": "parley@example.org"}
    async with Embedded(tmp_path / "system", QUICK | EAGER | allowed | public) as running:
        yield running


def verified(headers: dict[str, str], body: bytes) -> dict[str, object]:
    """What was posted, if its signature holds."""
    told: dict[str, object] = Webhook(SECRET).verify(body, headers)
    return told


async def test_webhook_hears_of_the_question_and_of_the_end(telling: Embedded, hook: WebReceiver) -> None:
    async with Visitor(telling.url) as visitor:
        job = await visitor.submit(webhook_url=hook.url)
        asked = verified(*(await hook.posted(1))[0])
        assert (asked["type"], asked["data"]["id"]) == ("question.asked", job)  # type: ignore[index]
        await visitor.decline(job)
        headers, body = (await hook.posted(2))[1]
        done = verified(headers, body)
        assert done["type"] == "job.completed"
        assert done["data"] == await visitor.job(job)
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body.replace(b"completed", b"cancelled"), headers)


async def test_webhook_that_fails_is_tried_again_under_the_same_id(telling: Embedded, hook: WebReceiver) -> None:
    hook.statuses = [500, 302, 429]
    async with Visitor(telling.url) as visitor:
        await visitor.submit("thanks", webhook_url=hook.url)
        posts = await hook.posted(4)
    assert len({headers["webhook-id"] for headers, _ in posts}) == 1
    assert len({json.dumps(verified(*post)["data"]) for post in posts}) == 1


async def test_webhook_and_mail_arrive_though_the_process_was_killed(
    telling: Embedded, hook: WebReceiver, postbox: MailReceiver
) -> None:
    hook.statuses = [500] * 2
    postbox.refusals = 2
    async with Visitor(telling.url) as visitor:
        job = await visitor.submit("thanks", webhook_url=hook.url, notify_email="ada@example.org")
        await eventually(lambda: _failed(visitor, "webhook"))
        await eventually(lambda: _failed(visitor, "email"))
        await telling.kill()
        await telling.start()
        assert verified(*(await hook.posted(2))[-1])["data"]["id"] == job  # type: ignore[index]
        assert job in str(await postbox.mail())


async def test_mail_tells_of_the_end_and_shows_nothing_of_the_prompt(telling: Embedded, postbox: MailReceiver) -> None:
    async with Visitor(telling.url) as visitor:
        job = await visitor.submit("write about boots", notify_email="ada@example.org")
        await visitor.question(job)
        await visitor.cancel(job)
        mail = await postbox.mail()
    assert (mail["To"], mail["From"]) == ("ada@example.org", "parley@example.org")
    assert mail["Subject"] == "Your enhance job was cancelled"
    assert f"https://parley.example.org/v1/jobs/{job}" in str(mail)
    assert "boots" not in str(mail)


async def test_what_is_not_configured_is_refused(visitor: Visitor) -> None:
    for option in ({"webhook_url": "https://example.org/hook"}, {"notify_email": "ada@example.org"}):
        answer = await visitor.http.post("/api/enhance", json={"lazy_prompt": "thanks", **option})
        assert assert_problem(answer, 422)["code"].endswith("_not_configured")


async def _failed(visitor: Visitor, channel: str) -> bool:
    counted = f'parley_notifications_total{{channel="{channel}",outcome="failed"}}'
    return counted in (await visitor.http.get("/metrics")).text


PRIVATE = (
    "http://127.0.0.1/", "http://localhost:8000/", "http://localhost./", "http://[::1]/", "http://10.0.0.1/", "http://0.0.0.0/",
    "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data", "http://[fd00::1]/", "http://[::ffff:127.0.0.1]/",
    "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[64:ff9b::7f00:1]/", "http://100.64.0.1/",
)  # fmt: skip


async def test_private_addresses_are_refused_by_default(hook: WebReceiver, tmp_path: Path) -> None:
    env = QUICK | EAGER | {"PARLEY_WEBHOOK_SECRET": SECRET}
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(Embedded(tmp_path, env))
        visitor = await stack.enter_async_context(Visitor(system.url))
        for url in (*PRIVATE, hook.url):
            answer = await visitor.http.post("/api/enhance", json={"lazy_prompt": "thanks", "webhook_url": url})
            assert assert_problem(answer, 422)["code"] == "webhook_refused", url
        assert hook.posts == []
