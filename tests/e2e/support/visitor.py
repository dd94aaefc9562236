"""Somebody who tries what a well-behaved client would not, and looks closely at the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from support.clients import PATIENCE, Frame, Parley
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from parley_standalone.servers import NO_TLS

PASSWORD = "correct horse battery staple"
# Requests for these are not traced, so a refusal has no trace to name.
UNTRACED = ("/docs", "/health", "/metrics")


def assert_problem(answer: httpx.Response, *statuses: int) -> Frame:
    """The problem document of a refusal; fails if it is none, or shows something of the inside."""
    assert answer.status_code in (statuses or range(400, 500)), (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Frame = answer.json()
    assert {"type", "title", "status", "detail", "code", "trace_id"} <= problem.keys()
    assert problem["status"] == answer.status_code
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "code"))
    assert problem["trace_id"] or answer.url.path.startswith(UNTRACED)
    assert "Traceback" not in answer.text
    assert 'File "' not in answer.text
    return problem


class Line:
    """One open socket, on which anything can be said."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, frame: Any) -> None:
        """Texts and bytes as they are, everything else as JSON."""
        await self.connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def hear(self) -> Frame:
        async with asyncio.timeout(PATIENCE):
            frame: Frame = json.loads(await self.connection.recv())
        return frame

    async def until(self, kind: str) -> Frame:
        """The next frame of this type; others are passed over."""
        while (frame := await self.hear())["type"] != kind:
            pass
        return frame

    async def rest(self) -> list[Frame]:
        """Everything up to the close."""
        frames = []
        try:
            while True:
                frames.append(await self.hear())
        except ConnectionClosed:
            return frames

    async def close_code(self) -> int | None:
        """How the other side closes it, whatever it says before."""
        await self.rest()
        return self.connection.close_code


class Visitor(Parley):
    """A user, or a stranger, at one gateway."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        super().__init__(url, {"Authorization": f"Bearer {token}"} if token else {})

    @asynccontextmanager
    async def line(
        self, path: str = "/v1/ws", *, headers: dict[str, str] | None = None, **options: Any
    ) -> AsyncIterator[Line]:
        address = self.url.replace("http", "ws", 1) + path
        own = self.headers if headers is None else headers
        async with connect(address, additional_headers=own, proxy=None, **{"max_size": None, **options}) as connection:
            yield Line(connection)

    async def ended(self, job: str) -> Frame:
        return await self.until(job, "completed", "failed", "cancelled")

    async def decline(self, job: str) -> Frame:
        """Let a waiting job go on without an answer; the final snapshot."""
        path = f"/v1/jobs/{job}/questions/{await self.question(job)}/answer"
        assert (await self.http.post(path, json={"declined": True})).status_code == 200
        return await self.ended(job)

    async def assert_well(self) -> None:
        """Fails unless the process still does its work."""
        assert (await self.http.get("/health/ready")).status_code == 200


async def sign_in(url: str, name: str) -> str:
    """The token of a user, who is registered if there is none of this name."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE, verify=NO_TLS) as http:
        account = {"username": name, "password": PASSWORD}
        assert (await http.post("/auth/register", json=account)).status_code in {201, 409}
        answer = await http.post("/auth/token", data=account)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])
