"""How much one client may ask for, and that nobody is turned away because Redis is gone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from fakeredis import FakeAsyncRedis, FakeServer
from pydantic import SecretStr, ValidationError

from parley_gateway import metrics
from parley_gateway.client_address import client_address, networks
from parley_gateway.limits import Limits, LimitSettings
from parley_gateway.problems import TooMany

NOTE = {"text": "a"}


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest_asyncio.fixture
async def redis(server: FakeServer) -> AsyncIterator[FakeAsyncRedis]:
    async with FakeAsyncRedis(server=server, decode_responses=True) as client:
        yield client


async def test_posts_over_the_rate_are_429_and_say_when_to_come_back(open_gateway: Any) -> None:
    gateway = await open_gateway(rate_ip="3/minute")
    answers = [await gateway.client.post("/notes", json=NOTE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert answers[0].headers["ratelimit-policy"] == '"ip";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"ip";r=2;t=')
    refused = answers[-1]
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert len(gateway.made) == 3


async def test_reading_is_not_limited(open_gateway: Any) -> None:
    gateway = await open_gateway(rate_ip="1/minute")
    assert {(await gateway.client.get("/health/live")).status_code for _ in range(5)} == {200}


async def test_each_user_has_a_rate_of_their_own(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt, rate_user="2/minute")
    ada, grace = await gateway.sign_up("ada"), await gateway.sign_up("grace")
    statuses = [(await gateway.client.post("/notes", json=NOTE, headers=ada)).status_code for _ in range(3)]
    assert statuses == [202, 202, 429]
    assert (await gateway.client.post("/notes", json=NOTE, headers=grace)).status_code == 202


async def test_signing_in_is_limited_more_tightly(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt, rate_auth="2/minute")
    form = {"username": "ada", "password": "wrong horse"}
    statuses = [(await gateway.client.post("/auth/token", data=form)).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert (await gateway.client.post("/notes", json=NOTE)).status_code == 401


def test_limits_are_on_by_default_only_where_strangers_come() -> None:
    assert LimitSettings().effective().rate_ip is None
    open_to_all = LimitSettings(auth="jwt", jwt_secret=SecretStr("x" * 32), rate_user="7/second").effective()
    assert (open_to_all.rate_user, open_to_all.rate_ip, open_to_all.connections) == ("7/second", "600/minute", 100)


def test_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        LimitSettings(rate_ip="many")


async def test_requests_pass_while_redis_is_away(redis: FakeAsyncRedis, server: FakeServer) -> None:
    limits = Limits(LimitSettings(rate_ip="1/minute", connections=1), redis, pause=0)
    failures = metrics.LIMITER_FAILURES._value.get()
    server.connected = False
    assert [await limits.hit(ip="192.0.2.1") for _ in range(3)] == [None, None, None]
    async with limits.connection("ada"), limits.connection("ada"):
        pass
    assert metrics.LIMITER_FAILURES._value.get() >= failures + 3
    server.connected = True
    hits = [await limits.hit(ip="192.0.2.1") for _ in range(2)]
    assert [hit is not None and hit.allowed for hit in hits] == [True, False]


async def test_gateways_on_one_redis_count_together(server: FakeServer) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(FakeAsyncRedis(server=server)) for _ in range(2)]
        one, other = (Limits(LimitSettings(rate_ip="1/minute"), client) for client in clients)
        first, second = await one.hit(ip="192.0.2.1"), await other.hit(ip="192.0.2.1")
    assert first is not None
    assert second is not None
    assert (first.allowed, second.allowed) == (True, False)


async def test_user_has_only_so_many_connections_at_a_time(redis: FakeAsyncRedis) -> None:
    limits = Limits(LimitSettings(connections=2), redis)
    async with limits.connection("ada"), limits.connection("ada"), limits.connection("grace"):
        with pytest.raises(TooMany) as refused:
            async with limits.connection("ada"):
                pass
        assert (refused.value.status, refused.value.code) == (429, "too_many_connections")
    async with limits.connection("ada"), limits.connection("ada"):
        pass


async def test_connections_of_a_killed_gateway_are_free_again(redis: FakeAsyncRedis) -> None:
    limits = Limits(LimitSettings(connections=1), redis)
    await limits._take_seat("ada", "of a gateway that was killed")
    [seat] = await redis.zrange("parley:connections:ada", 0, -1)
    await redis.zadd("parley:connections:ada", {str(seat): time.time() - 1})
    async with limits.connection("ada"):
        pass


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", ["nonsense"], "unknown"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
    ],
)
def test_address_is_the_peers_unless_a_trusted_proxy_says_otherwise(
    peer: str, forwarded: list[str], address: str
) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "client": (peer, 1), "headers": headers}
    assert client_address(scope, networks(["10.0.0.0/8"])) == address
