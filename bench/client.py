"""A user of Parley: submits over HTTP, follows over a socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, TCPConnector

PATIENCE = 60.0


class Client:
    """One user's connection; requests reuse it."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    async def submit(self, task: str, prompt: str = "-") -> str:
        """Submit a job and return its id."""
        async with self._session.post("/api/enhance/", json={"task": task, "lazy_prompt": prompt}) as response:
            response.raise_for_status()
            return str((await response.json())["task_id"])

    @asynccontextmanager
    async def following(self, job: str) -> AsyncIterator[Socket]:
        """The socket of one job, as existing clients use it."""
        async with self._session.ws_connect(f"/ws/enhance/{job}/") as socket:
            yield Socket(socket)

    @asynccontextmanager
    async def following_many(self) -> AsyncIterator[Socket]:
        """The socket of many jobs."""
        async with self._session.ws_connect("/v1/ws") as socket:
            yield Socket(socket)


class Socket:
    """Frames in and out, as JSON objects."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket

    async def say(self, **frame: Any) -> None:
        await self._socket.send_str(json.dumps(frame))

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of this type."""
        while True:
            frame: dict[str, Any] = json.loads(await self._socket.receive_str(timeout=PATIENCE))
            if frame["type"] == kind:
                return frame
            if frame["type"] in ("error", "task_error", "job.failed"):
                raise RuntimeError(f"{frame} while waiting for {kind}")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    timeout = ClientTimeout(total=PATIENCE)
    async with ClientSession(url, connector=TCPConnector(limit=0), timeout=timeout) as session:
        yield Client(session)
