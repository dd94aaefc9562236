"""The way of sockets through the gateway, beside that of requests."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Router, WebSocketRoute
from starlette.types import Receive, Scope, Send

from parley_gateway import middleware
from parley_gateway.api.enhance_socket import follow_enhancement
from parley_gateway.api.socket import follow_jobs
from parley_gateway.security.settings import AccessSettings

ROUTES = (WebSocketRoute("/v1/ws", follow_jobs), WebSocketRoute("/ws/enhance/{task_id}", follow_enhancement))


class AppWithSockets(FastAPI):
    """An app whose sockets pass by what is made for requests.

    Thousands stay open, and every layer a socket came through would stay in memory with it.
    """

    def open_to_sockets(self, access: AccessSettings) -> None:
        self._sockets = middleware.for_sockets(Router(ROUTES), access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            scope["app"] = self
            await self._sockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
