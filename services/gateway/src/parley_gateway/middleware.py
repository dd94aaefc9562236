"""What every request passes on its way in: paths, sizes, rates; and on its way out: counters and headers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parley_gateway import metrics
from parley_gateway.client_address import client_address, networks
from parley_gateway.limits import Allowance, Limits, LimitSettings
from parley_gateway.problems import TooMany, Unauthorized, problem, problem_of
from parley_gateway.response_headers import SECURITY_HEADERS
from parley_gateway.security.access import Access
from parley_gateway.security.settings import LOCAL_USER, AccessSettings, is_loopback
from parley_gateway.uploads import FileKinds, UploadPath, upload_path

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class TrailingSlash:
    """Lets every path work with and without its trailing slash; routes are declared without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "/")
        if len(path) > 1 and path.endswith("/"):
            raw = scope.get("raw_path") or path.encode()
            scope["path"] = path.rstrip("/") or "/"
            scope["raw_path"] = raw.rstrip(b"/") or b"/"
        await self._app(scope, receive, send)


class LocalHosts:
    """Without accounts, serves only who asks for this machine by a name of its own, or for an origin in the settings.

    Otherwise any web page could lead a name of its own to this address and use the gateway as the local user.
    """

    def __init__(self, app: ASGIApp, *, origins: Iterable[str]) -> None:
        self._app = app
        self._hosts = {urlsplit(origin).hostname for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_local(Headers(scope=scope).get("host")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "host not allowed"})
        else:
            detail = "PARLEY_AUTH=off serves this machine under its own names only, such as localhost."
            await problem(421, "host_refused", detail=detail)(scope, receive, send)

    def _is_local(self, host: str | None) -> bool:
        if host is None:
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return is_loopback(name) or name in self._hosts


class SecurityHeaders:
    """Headers that keep pages from being framed, sniffed or made to run what is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class RequestMetrics:
    """Counts requests and their time by route template, so that ids never become labels."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            route = route_template(scope)
            metrics.REQUESTS.labels(method, route, status).inc()
            metrics.REQUEST_SECONDS.labels(method, route).observe(time.perf_counter() - started)


class BodySize:
    """Refuses bodies over `limit` bytes with 413: by their announced length, or once they have grown too large.

    Paths in `uploads` take a file of as many bytes as they say instead, with `limit` more for the form around it.
    """

    def __init__(self, app: ASGIApp, *, limit: int, uploads: Sequence[UploadPath]) -> None:
        self._app = app
        self._limit = limit
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = upload_path(scope, self._uploads)
        if upload and _user_of(scope) is None:
            # Forms are read before routes ask who sends them; nobody unknown gets to fill the disk.
            await problem_of(Unauthorized("Files are taken from signed-in users only."))(scope, receive, send)
            return
        limit, most = self._limit + (upload.limit if upload else 0), _at_most(self._limit, upload)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            await problem(413, "body_too_large", detail=most)(scope, receive, send)
            return
        await self._app(scope, self._counting(receive, limit, most), send)

    def _counting(self, receive: Receive, limit: int, most: str) -> Receive:
        size = 0

        async def receive_and_count() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise HTTPException(413, most)
            return message

        return receive_and_count


class RateLimit:
    """Limits what is posted and put per user and per address, and signing in more tightly; says what is left."""

    def __init__(self, app: ASGIApp, *, settings: LimitSettings) -> None:
        self._app = app
        self._trusted = networks(settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"POST", "PUT"}:
            await self._app(scope, receive, send)
            return
        allowance = await self._hit(scope)
        if allowance is None:
            await self._app(scope, receive, send)
        elif allowance.allowed:
            await self._app(scope, receive, _with_headers(send, allowance))
        else:
            metrics.RATE_LIMITED.labels(allowance.name).inc()
            error = TooMany("Too many requests; slow down.", retry_after=allowance.wait)
            await problem_of(error)(scope, receive, _with_headers(send, allowance))

    async def _hit(self, scope: Scope) -> Allowance | None:
        address = client_address(scope, self._trusted)
        clients = {"ip": address}
        if scope["path"].startswith("/auth/"):
            clients["auth"] = address
        if user := _user_of(scope):
            clients["user"] = user
        limits: Limits = scope["app"].state.limits
        return await limits.hit(**clients)


def for_sockets(app: ASGIApp, access: AccessSettings) -> ASGIApp:
    """What sockets pass on their way to `app`; they are counted, limited and told apart where they are admitted."""
    return TrailingSlash(LocalHosts(app, origins=access.origins) if access.auth == "off" else app)


def install(app: FastAPI, *, max_body: int, uploads: Sequence[UploadPath], limits: LimitSettings) -> None:
    """Put all of this around `app`, the trailing slash first; call before the app serves."""
    app.add_middleware(FileKinds, uploads=uploads)
    app.add_middleware(BodySize, limit=max_body, uploads=uploads)
    app.add_middleware(RateLimit, settings=limits)
    if limits.auth == "off":
        app.add_middleware(LocalHosts, origins=limits.origins)
    app.add_middleware(RequestMetrics)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrailingSlash)


def route_template(scope: Scope) -> str:
    """The template of the route that took the request, such as `/v1/jobs/{id}`."""
    return getattr(scope.get("route"), "path", None) or "unmatched"


def _at_most(limit: int, upload: UploadPath | None) -> str:
    """What is said of a body that is too large."""
    if upload:
        return f"The file is too large: at most {upload.limit / 2**20:.4g} MiB are taken."
    return f"A request body may have at most {limit} bytes."


def _user_of(scope: Scope) -> str | None:
    """The user a token is from; whether the request may do anything is decided later, by its route."""
    access: Access = scope["app"].state.access
    if access.settings.auth == "off":
        return LOCAL_USER
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return access.tokens.verify(token.strip())
    except Unauthorized:
        return None


def _with_headers(send: Send, allowance: Allowance) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(allowance.headers)
        await send(message)

    return send_with_headers
