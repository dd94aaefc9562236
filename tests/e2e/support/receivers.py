"""Who Parley notifies: a web server that keeps what is posted to it, and a mail server that keeps what it is handed."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from email.policy import default
from http import HTTPStatus

from support.clients import PATIENCE

HOST = "127.0.0.1"


class WebReceiver:
    """Answers each request with the next of `statuses`, 204 when there are no more; `posts` are headers and bodies."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.url = ""
        self._news = asyncio.Condition()

    async def posted(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self.posts) >= count)
        return self.posts

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status = HTTPStatus(self.statuses.pop(0) if self.statuses else 204)
        writer.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()
        async with self._news:
            self.posts.append((headers, body))
            self._news.notify_all()


class MailReceiver:
    """An SMTP server for one mail a connection; the first `refusals` of them are told to come later."""

    def __init__(self) -> None:
        self.refusals = 0
        self.mails: asyncio.Queue[Message] = asyncio.Queue()
        self.url = ""

    async def mail(self) -> Message:
        async with asyncio.timeout(PATIENCE):
            return await self.mails.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).strip().upper():
            if line == b"DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                self.mails.put_nowait(email.message_from_bytes(body[:-5], policy=default))
            busy = line.startswith(b"RCPT") and self.refusals > 0
            self.refusals -= busy
            writer.write(b"451 later\r\n" if busy else b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if line == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def receiving(receiver: WebReceiver | MailReceiver) -> AsyncIterator[None]:
    """Serve it on a free port, which its `url` then names."""
    server = await asyncio.start_server(receiver.serve, HOST, 0)
    scheme = "smtp" if isinstance(receiver, MailReceiver) else "http"
    receiver.url = f"{scheme}://{HOST}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield
