"""Who may open a socket, and from which page: over a real server, with a third-party client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def closed_with(address: str, first: str | bytes | None = None, **options: Any) -> int | None:
    """The code a socket is closed with before it says anything."""
    async with connect(f"ws://{address}/socket", **options) as socket:
        if first is not None:
            await socket.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    return closed.value.rcvd.code if closed.value.rcvd else None


async def user_of(address: str, first: str | None = None, **options: Any) -> str:
    async with connect(f"ws://{address}/socket", **options) as socket:
        if first is not None:
            await socket.send(first)
        return str(json.loads(await socket.recv())["user"])


async def test_header_says_whose_a_socket_is(open_gateway: Any, serve: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    headers = await gateway.sign_up("ada")
    assert await user_of(await serve(gateway.app), additional_headers=headers) == "ada"


async def test_ticket_opens_one_socket(open_gateway: Any, serve: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    address = await serve(gateway.app)
    issued = await gateway.client.post("/v1/ws-ticket", headers=await gateway.sign_up("ada"))
    frame = json.dumps({"type": "auth", "ticket": issued.json()["ticket"]})
    assert await user_of(address, frame) == "ada"
    assert await closed_with(address, frame) == 4401


@pytest.mark.parametrize(
    "first",
    [
        "",
        "{",
        "[]",
        b"\x00\xff",
        '{"type": "auth"}',
        '{"type": "auth", "ticket": 1}',
        '{"type": "auth", "ticket": "made up"}',
        '{"type": "auth", "ticket": "a\\u0000\\ud800"}',
        '{"type": "subscribe", "ticket": "made up"}',
        "9" * 60_000,
    ],
)
async def test_first_frame_that_is_no_ticket_closes_with_4401(
    open_gateway: Any, serve: Any, jwt: Any, first: str | bytes
) -> None:
    gateway = await open_gateway(**jwt)
    assert await closed_with(await serve(gateway.app), first) == 4401


async def test_socket_that_says_nothing_is_closed_with_4401(open_gateway: Any, serve: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt, socket_auth_timeout=0.1)
    assert await closed_with(await serve(gateway.app)) == 4401


async def test_forged_header_closes_with_4401(open_gateway: Any, serve: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    headers = {"Authorization": "Bearer forged"}
    assert await closed_with(await serve(gateway.app), additional_headers=headers) == 4401


async def test_client_that_leaves_before_its_ticket_harms_nothing(open_gateway: Any, serve: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    address = await serve(gateway.app)
    async with connect(f"ws://{address}/socket"):
        pass
    assert await closed_with(address, "{") == 4401


async def test_pages_of_ours_and_clients_that_are_no_browser_may_open_sockets(open_gateway: Any, serve: Any) -> None:
    gateway = await open_gateway(origins=frozenset({"https://parley.example"}))
    address = await serve(gateway.app)
    for origin in (None, f"http://{address}", f"https://{address}", "https://parley.example"):
        assert await user_of(address, origin=origin) == "local"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://parley.example.evil.example",
        "http://parley.example",
        "https://parley.example:8443",
        "null",
        "",
        "http://127.0.0.1",
        "file://",
        "http://[",
    ],
)
async def test_any_other_page_is_refused_with_403(open_gateway: Any, serve: Any, origin: str) -> None:
    gateway = await open_gateway(origins=frozenset({"https://parley.example"}))
    address = await serve(gateway.app)
    with pytest.raises(InvalidStatus) as refused:
        await user_of(address, additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403


async def test_rejected_socket_leaves_no_error_behind(
    open_gateway: Any, serve: Any, jwt: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await open_gateway(**jwt)
    address = await serve(gateway.app)
    assert await closed_with(address, "{") == 4401
    with pytest.raises(InvalidStatus):
        await user_of(address, additional_headers={"Origin": "https://evil.example"})
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
