"""Webhooks against a real receiver that checks their signature, and the addresses they may lead to."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_gateway.notify.addresses import AddressRefused, is_allowed, resolve
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.notify.webhooks import Webhooks

SECRET = "whsec_" + b64encode(b"a key to sign webhooks with").decode()
BODY = {"type": "job.completed", "timestamp": "2026-01-01T00:00:00Z", "data": {"result": "é\u2028"}}


@dataclass
class Receiver:
    """Takes webhooks, keeps those whose signature is right, and answers `status`."""

    app: FastAPI = field(default_factory=FastAPI)
    status: int = 204
    taken: list[tuple[str, Any]] = field(default_factory=list)
    hosts: list[str | None] = field(default_factory=list)
    followed: int = 0

    def __post_init__(self) -> None:
        self.app.post("/hook")(self.hook)
        self.app.post("/moved")(self.moved)
        self.app.post("/endless")(self.endless)
        self.app.post("/followed")(self.follow)

    async def hook(self, request: Request) -> Response:
        headers = dict(request.headers)
        self.hosts.append(headers.get("host"))
        self.taken.append((headers["webhook-id"], Webhook(SECRET).verify(await request.body(), headers)))
        return Response(status_code=self.status)

    async def moved(self) -> Response:
        return RedirectResponse("/followed", 307)

    async def follow(self) -> None:
        self.followed += 1

    async def endless(self, request: Request) -> Response:
        async def on_and_on() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():
                yield b"x" * 65_536

        return StreamingResponse(on_and_on())


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest_asyncio.fixture
async def webhooks() -> AsyncIterator[Callable[..., Webhooks]]:
    opened: list[Webhooks] = []

    def open_one(**settings: Any) -> Webhooks:
        defaults: dict[str, Any] = {"webhook_allow_private": True, "webhook_secret": SecretStr(SECRET)}
        opened.append(Webhooks(NotifySettings(**(defaults | settings)), secret=SECRET))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


async def test_receiver_verifies_what_it_is_sent(receiver: Receiver, serve: Any, webhooks: Any) -> None:
    address = await serve(receiver.app)
    identity = uuid4()
    await webhooks().send(f"http://{address}/hook?a=b", identity, BODY)
    assert receiver.taken == [(str(identity), BODY)]
    assert receiver.hosts == [address]


async def test_name_is_resolved_and_kept_as_the_host(receiver: Receiver, serve: Any, webhooks: Any) -> None:
    port = (await serve(receiver.app)).rpartition(":")[2]
    await webhooks().send(f"http://localhost:{port}/hook", uuid4(), BODY)
    assert receiver.hosts == [f"localhost:{port}"]


@pytest.mark.parametrize(("status", "kind"), [(500, RetryableError), (404, RetryableError), (410, PermanentError)])
async def test_refusal_says_whether_to_try_again(
    receiver: Receiver, serve: Any, webhooks: Any, status: int, kind: type[ParleyError]
) -> None:
    receiver.status = status
    with pytest.raises(kind):
        await webhooks().send(f"http://{await serve(receiver.app)}/hook", uuid4(), BODY)


async def test_redirect_is_not_followed(receiver: Receiver, serve: Any, webhooks: Any) -> None:
    with pytest.raises(RetryableError, match="307"):
        await webhooks().send(f"http://{await serve(receiver.app)}/moved", uuid4(), BODY)
    assert receiver.followed == 0


async def test_endless_answer_is_not_read(receiver: Receiver, serve: Any, webhooks: Any) -> None:
    await webhooks().send(f"http://{await serve(receiver.app)}/endless", uuid4(), BODY)


async def test_receiver_that_stalls_is_given_up_in_time(serve: Any, webhooks: Any) -> None:
    given_up = asyncio.Event()

    async def stall(request: Request) -> None:
        while not await request.is_disconnected():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        given_up.set()

    app = FastAPI()
    app.post("/")(stall)
    with pytest.raises(RetryableError) as failed:
        await webhooks(webhook_timeout=0.2).send(f"http://{await serve(app)}/", uuid4(), BODY)
    assert failed.value.code == "webhook_unanswered"
    async with asyncio.timeout(10):
        await given_up.wait()


async def test_nobody_listening_is_worth_another_try(webhooks: Any) -> None:
    with pytest.raises(RetryableError):
        await webhooks().send("http://127.0.0.1:1/", uuid4(), BODY)


async def test_private_receiver_is_never_contacted(receiver: Receiver, serve: Any, webhooks: Any) -> None:
    port = (await serve(receiver.app)).rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"):
        with pytest.raises((AddressRefused, RetryableError)):
            await webhooks(webhook_allow_private=False).send(f"http://{host}:{port}/hook", uuid4(), BODY)
    assert receiver.taken == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::",
    ],
)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(ip_address(address), allow_private=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::93.184.216.34"])
def test_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), allow_private=False)


async def test_name_without_an_address_may_have_one_later() -> None:
    for name in ("nowhere.invalid", "a" * 70 + ".invalid", "."):
        with pytest.raises(RetryableError):
            await resolve(name, 80, allow_private=False)
