"""Who makes a request: `CurrentUser` for routes, `authenticate_socket` for sockets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request, WebSocket, WebSocketDisconnect
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ValidationError
from redis.exceptions import RedisError
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketState

from parley_gateway.problems import Forbidden, Unauthorized
from parley_gateway.security.access import Access, access_of
from parley_gateway.security.settings import LOCAL_USER

UNAUTHENTICATED = 4401
TRY_AGAIN_LATER = 1013

_bearer = OAuth2PasswordBearer(tokenUrl="/auth/token", auto_error=False, description="Not needed with PARLEY_AUTH=off.")


@dataclass(frozen=True)
class Principal:
    """The user a request acts for; `operator` may see what failed for everyone."""

    user: str
    operator: bool


class SocketRejected(Exception):
    """The socket has been closed with `code`; there is nothing left to do for its handler."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _AuthFrame(BaseModel):
    type: Literal["auth"]
    ticket: str


def principal_of(access: Access, user: str) -> Principal:
    return Principal(user, operator=access.settings.auth == "off" or user in access.settings.operators)


def bearer_of(connection: HTTPConnection) -> str | None:
    """The token of the Authorization header, if it has one of our kind."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def current_user(request: Request, _token: Annotated[str | None, Depends(_bearer)]) -> Principal:
    """The caller, or 401."""
    access = access_of(request)
    if access.settings.auth == "off":
        return principal_of(access, LOCAL_USER)
    token = bearer_of(request)
    if token is None:
        raise Unauthorized("This needs a token: sign in at /auth/token and send it as a bearer token.")
    return principal_of(access, access.tokens.verify(token))


CurrentUser = Annotated[Principal, Depends(current_user)]


async def operator(user: CurrentUser) -> Principal:
    """The caller, if an operator; otherwise 403."""
    if not user.operator:
        raise Forbidden("Only operators may do this.")
    return user


Operator = Annotated[Principal, Depends(operator)]


async def authenticate_socket(socket: WebSocket) -> Principal:
    """Accept the socket and learn whose it is: by its Authorization header, or by a ticket in its first frame.

    A socket that says neither within a few seconds is closed with 4401, and `SocketRejected` is raised.
    """
    if socket.application_state is WebSocketState.CONNECTING:
        await socket.accept()
    access = access_of(socket)
    if access.settings.auth == "off":
        return principal_of(access, LOCAL_USER)
    try:
        token = bearer_of(socket)
        user = access.tokens.verify(token) if token else await _redeem_first_frame(socket, access)
    except Unauthorized as error:
        raise await _reject(socket, UNAUTHENTICATED, error.detail) from error
    except RedisError as error:
        raise await _reject(socket, TRY_AGAIN_LATER, "tickets cannot be checked right now") from error
    return principal_of(access, user)


async def _redeem_first_frame(socket: WebSocket, access: Access) -> str:
    try:
        async with asyncio.timeout(access.settings.socket_auth_timeout):
            frame = _AuthFrame.model_validate_json(await socket.receive_text())
    except (TimeoutError, ValidationError, KeyError) as error:
        raise Unauthorized("The first frame must be an auth frame with a ticket.") from error
    except WebSocketDisconnect as error:
        raise SocketRejected(error.code, "gone before it said whose it is") from error
    user = await access.tickets.redeem(frame.ticket)
    if user is None:
        raise Unauthorized("The ticket is not valid, was used or has expired.")
    return user


async def _reject(socket: WebSocket, code: int, reason: str) -> SocketRejected:
    await socket.close(code, reason)
    return SocketRejected(code, reason)
