"""Clients of Parley made of httpx and websockets only; each remembers what it was sent, in order."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from parley_standalone.servers import NO_TLS

Frame = dict[str, Any]
PATIENCE = 60.0
LAZY = "write about our new hiking boots"
FINAL = frozenset({"job.completed", "job.failed", "job.cancelled", "task_complete", "task_error"})


async def eventually(holds: Callable[[], Awaitable[bool]], *, patience: float = PATIENCE) -> None:
    """Wait until a condition holds that only looking again can tell."""
    async with asyncio.timeout(patience):
        while not await holds():  # noqa: ASYNC110 - seen from outside, it can only be asked for
            await asyncio.sleep(0.05)


class Follower(ABC):
    """Follows one job. `frames` is all it was sent, `code` says how a socket was closed."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers
        self.frames: list[Frame] = []
        self.code: int | None = None
        self._stack = AsyncExitStack()

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if frame.get("seq") is not None]

    @property
    def cursor(self) -> int:
        """What this client would name when it comes back."""
        return max(self.seqs, default=0)

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def until(self, kind: str, count: int = 1) -> Frame:
        """Read on until there are so many frames of this type; the last of them."""
        async with asyncio.timeout(PATIENCE):
            while len(self.of(kind)) < count:
                assert await self.read(), f"ended with {self.code} before {kind}: {self.frames}"
        return self.of(kind)[count - 1]

    async def to_the_end(self) -> list[Frame]:
        """Read until the server ends it."""
        async with asyncio.timeout(PATIENCE):
            while await self.read():
                pass
        return self.frames

    async def read(self) -> bool:
        """Take one more frame; false when there are no more."""
        frame = await self._next()
        if frame is not None:
            self.frames.append(frame)
        return frame is not None

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def _next(self) -> Frame | None: ...

    async def close(self) -> None:
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Socket(Follower):
    """A WebSocket; with `first`, that is said once it is open."""

    def __init__(self, url: str, headers: dict[str, str], first: Frame | None = None) -> None:
        super().__init__(url.replace("http", "ws", 1), headers)
        self._first = first
        self._connection: ClientConnection | None = None

    async def open(self) -> None:
        connecting = connect(self.url, additional_headers=self.headers, proxy=None, open_timeout=PATIENCE)
        self._connection = await self._stack.enter_async_context(connecting)
        if self._first:
            await self.say(**self._first)

    async def say(self, **members: Any) -> None:
        assert self._connection
        await self._connection.send(json.dumps(members))

    async def answer(self, answer: str) -> None:
        """As a client of the seed's own socket does."""
        await self.say(type="user_answer", answer=answer)

    async def _next(self) -> Frame | None:
        assert self._connection
        try:
            frame: Frame = json.loads(await self._connection.recv())
        except ConnectionClosed:
            self.code = self._connection.close_code
            return None
        return frame


class EventStream(Follower):
    """Server-Sent Events as a browser's EventSource reads them; `last_id` is its Last-Event-ID."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        super().__init__(url, headers)
        self.last_id: str | None = None
        self._lines: AsyncIterator[str] | None = None

    async def open(self) -> None:
        http = await self._stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, timeout=PATIENCE, verify=NO_TLS)
        )
        response = await self._stack.enter_async_context(http.stream("GET", self.url, headers=self.headers))
        self.code = response.status_code
        assert response.is_success, response.status_code
        self._lines = response.aiter_lines()

    async def _next(self) -> Frame | None:
        assert self._lines
        identity: str | None = None
        try:
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "id":
                    identity = value
                elif name == "data":
                    self.last_id = identity or self.last_id
                    frame: Frame = json.loads(value)
                    return frame
        except httpx.TransportError:
            return None
        return None


class Parley:
    """One gateway, for one user."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url = url
        self.headers = headers or {}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False, verify=NO_TLS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def submit(self, prompt: str = LAZY, **fields: Any) -> str:
        response = await self.http.post("/api/enhance/", json={"task": "", "lazy_prompt": prompt} | fields)
        assert response.status_code == 202, response.text
        job: str = response.json()["task_id"]
        return job

    async def job(self, job: str) -> Frame:
        response = await self.http.get(f"/v1/jobs/{job}")
        assert response.is_success, response.text
        snapshot: Frame = response.json()
        return snapshot

    async def until(self, job: str, *statuses: str) -> Frame:
        """The job once it has one of these statuses."""
        snapshot: Frame = {}

        async def has_come() -> bool:
            snapshot.update(await self.job(job))
            return snapshot["status"] in statuses

        await eventually(has_come)
        return snapshot

    async def question(self, job: str) -> str:
        """The id of the job's open question, once it is asked."""
        asked: list[str] = []

        async def is_asked() -> bool:
            if question := (await self.job(job))["question"]:
                asked.append(question["question_id"])
            return bool(asked)

        await eventually(is_asked)
        return asked[0]

    async def answer(self, job: str, value: str, question: str | None = None, **fields: Any) -> httpx.Response:
        question = question or await self.question(job)
        return await self.http.post(f"/v1/jobs/{job}/questions/{question}/answer", json={"value": value} | fields)

    async def cancel(self, job: str) -> httpx.Response:
        return await self.http.delete(f"/v1/jobs/{job}")

    def enhancement(self, job: str, after: int | None = None) -> Socket:
        """The seed's own socket."""
        return Socket(f"{self.url}/ws/enhance/{job}/{'' if after is None else f'?after={after}'}", self.headers)

    def socket(self, job: str, since: str | int | None = None) -> Socket:
        """The socket for many jobs, following one."""
        return Socket(f"{self.url}/v1/ws", self.headers, {"type": "subscribe", "job": job, "since": since})

    def events(self, job: str, last_id: str | None = None) -> EventStream:
        resume = {"Last-Event-ID": last_id} if last_id else {}
        return EventStream(f"{self.url}/v1/jobs/{job}/events", self.headers | resume)

    async def log(self, job: str) -> list[Frame]:
        """All journaled events of a job, once it has ended."""
        async with self.events(job) as stream:
            frames = [frame for frame in await stream.to_the_end() if frame["seq"] is not None]
        assert_whole(frames)
        return frames


def assert_whole(frames: list[Frame]) -> None:
    """Every event of a finished job once and in order."""
    seqs = [frame["seq"] for frame in frames if frame.get("seq") is not None]
    assert seqs == list(range(1, len(seqs) + 1)), seqs
    assert frames[-1]["type"] in FINAL, frames[-1]


def types(frames: list[Frame]) -> list[str]:
    return [frame["type"] for frame in frames]
