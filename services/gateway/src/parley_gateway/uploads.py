"""Paths that take files: how large those may be, and a look at the first bytes before the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parley_common.documents import HEAD
from parley_common.errors import PermanentError

Check = Callable[[bytes, str], object]
"""Raises a `PermanentError` for a file that is not taken, by its first bytes and its name."""


@dataclass(frozen=True)
class UploadPath:
    """Files of at most `limit` bytes are posted here, or put to the path of something below."""

    path: str
    limit: int
    check: Check | None = None


def upload_path(scope: Scope, uploads: Sequence[UploadPath]) -> UploadPath | None:
    """Where a request brings a file to, if it does."""
    path = {"POST": scope["path"], "PUT": scope["path"].rpartition("/")[0]}.get(scope["method"])
    return next((each for each in uploads if each.path == path), None)


class FileKinds:
    """Refuses a file of a kind that is not taken as soon as its first bytes have come."""

    def __init__(self, app: ASGIApp, *, uploads: Sequence[UploadPath]) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        to = upload_path(scope, self._uploads) if scope["type"] == "http" else None
        if to and to.check:
            receive = _looking(receive, _FirstBytes(Headers(scope=scope).get("content-type", "")), to.check)
        await self._app(scope, receive, send)


def _looking(receive: Receive, first: _FirstBytes, check: Check) -> Receive:
    async def receive_and_look() -> Message:
        message = await receive()
        if not first.known:
            first.feed(message.get("body", b""), last=not message.get("more_body"))
            if first.known and (first.name or first.content):
                _refuse_unless(check, first)
        return message

    return receive_and_look


def _refuse_unless(check: Check, first: _FirstBytes) -> None:
    try:
        check(bytes(first.content), first.name or "")
    except PermanentError as error:
        # The form is read by the framework, which lets nothing but its own errors through.
        raise HTTPException(error.status, error.detail) from error


class _FirstBytes:
    """Reads a form as far as the first bytes of its first file; `known` once there is no more to learn."""

    def __init__(self, content_type: str) -> None:
        self.content = bytearray()
        self.name: str | None = None
        self._disposition = self._field = self._value = b""
        kind, options = parse_options_header(content_type)
        self._boundary = options.get(b"boundary", b"")
        self._parser: MultipartParser | None = None
        self.known = kind != b"multipart/form-data" or not self._boundary

    def feed(self, data: bytes, *, last: bool) -> None:
        """What is no form is left to whoever reads it."""
        try:
            self._parser = self._parser or self._begun()
            self._parser.write(data)
        except FormParserError:
            self.known = True
        self.known = self.known or last

    def _begun(self) -> MultipartParser:
        return MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._on_part,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part_end,
            },
        )

    def _on_part(self) -> None:
        self._disposition = self._field = self._value = b""

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if self.name is None and b"filename" in options:
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self.name is not None and not self.known:
            self.content += data[start : min(end, start + HEAD - len(self.content))]
            self.known = len(self.content) >= HEAD

    def _on_part_end(self) -> None:
        self.known = self.known or self.name is not None
