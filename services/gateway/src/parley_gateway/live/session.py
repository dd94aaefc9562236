"""One open socket: a task that sends what its mailbox holds, beside a loop that hears the client."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from parley_common.errors import Invalid, ParleyError, RetryableError
from parley_gateway import metrics
from parley_gateway.input_checks import require_storable
from parley_gateway.limits import limits_of
from parley_gateway.live.hub import Hub
from parley_gateway.live.mailbox import BROKEN, Mailbox
from parley_gateway.security.origin import check_origin
from parley_gateway.security.principal import Principal, SocketRejected, authenticate_socket

TRY_AGAIN_LATER = 1013
UNKNOWN = 4404
CLOSE_SECONDS = 10.0
ECHO = 1_000
COMPLAINTS_PER_SECOND = 20


class BadFrame(Invalid):
    """What the client sent is not one of the frames this socket knows."""

    code = "invalid_frame"


@asynccontextmanager
async def admitted(socket: WebSocket) -> AsyncIterator[Principal | None]:
    """Who is at the other end, holding one of their connections; `None` if they have been turned away."""
    try:
        await check_origin(socket)
        user = await authenticate_socket(socket)
    except SocketRejected:
        yield None
        return
    try:
        async with limits_of(socket).connection(user.user):
            yield user
    except RetryableError as error:
        await socket.close(TRY_AGAIN_LATER, error.detail)


def read_frame(text: str | None, kinds: TypeAdapter[Any]) -> Any:
    """One of the known frames; raises `BadFrame`."""
    if text is None:
        raise BadFrame("Frames are JSON text, not binary.", code="binary_frame")
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise BadFrame("The frame is not JSON.", code="malformed_frame") from error
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise BadFrame('A frame is a JSON object with a "type".')
    require_storable(value)
    try:
        return kinds.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        code = "unknown_type" if first["type"] == "union_tag_invalid" else None
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadFrame(f"{where}: {first['msg']}".lstrip(": ")[:500], code=code) from error


class Session:
    """Runs until the client leaves, the mailbox is closed, or the client is too slow."""

    def __init__(self, socket: WebSocket, mailbox: Mailbox) -> None:
        self._socket = socket
        self._mailbox = mailbox
        self._complaints = 0
        self._second = 0

    def say(self, kind: str, **members: Any) -> None:
        self._mailbox.put(json.dumps({"type": kind, **members}, separators=(",", ":"), ensure_ascii=False))

    async def run(self, hear: Callable[[str | None], Awaitable[None]]) -> None:
        """`hear` gets each text frame, `None` for a binary one; a `ParleyError` of it becomes an error frame."""
        reading = asyncio.create_task(self._read(hear), name="socket-read")
        writing = asyncio.create_task(self._write(), name="socket-write")
        tasks = (reading, writing)
        try:
            await asyncio.wait((*tasks, self._mailbox.dropped), return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and reading.exception():
                self._mailbox.drop(BROKEN)
        finally:
            for task in tasks:
                task.cancel()
            left = reading.done() and not reading.cancelled() and not reading.exception()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not left:
            await self._close()
        if reading.done() and not reading.cancelled():
            reading.result()

    async def _read(self, hear: Callable[[str | None], Awaitable[None]]) -> None:
        while (message := await self._socket.receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            try:
                await hear(text)
            except ParleyError as error:
                self._complain(error, text)

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect):
            while (text := await self._mailbox.get()) is not None:
                await self._socket.send_text(text)

    async def _close(self) -> None:
        """Say why, if the client still listens; one that does not is left to its own."""
        code = self._mailbox.code
        if self._mailbox.dropped.done():
            metrics.SLOW_READERS.inc()
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code if code is not None else BROKEN)

    def _complain(self, error: ParleyError, text: str | None) -> None:
        """Tell the client, but not as often as it may ask for it."""
        second = int(time.monotonic())
        self._complaints = self._complaints + 1 if second == self._second else 1
        self._second = second
        if self._complaints <= COMPLAINTS_PER_SECOND:
            self.say("error", code=error.code, detail=error.detail, request=_echo(text), **_further(error))


def _echo(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return from_json(text, allow_inf_nan=False) if len(text) <= ECHO else text[:ECHO]
    except ValueError:
        return text[:ECHO]


def _further(error: ParleyError) -> dict[str, Any]:
    accepted = getattr(error, "accepted", None)
    return {} if accepted is None else {"accepted": accepted.model_dump(mode="json")}


@asynccontextmanager
async def open_session(
    socket: WebSocket, hub: Hub, *, route: str, limit: int
) -> AsyncIterator[tuple[Session, Mailbox]]:
    """A session whose client is told to come back when this process stops."""
    mailbox = Mailbox(limit=limit, farewell=lambda after_ms: f'{{"type":"reconnect","after_ms":{after_ms}}}')
    with hub.client(mailbox), metrics.SOCKETS.labels(route).track_inprogress():
        yield Session(socket, mailbox), mailbox
