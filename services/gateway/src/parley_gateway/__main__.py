"""`python -m parley_gateway`: the gateway as a process of its own."""

from __future__ import annotations

import gc
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI

from parley_common.telemetry import setup
from parley_gateway.app import SERVICE, create_app, drain
from parley_gateway.settings import GatewaySettings

MAX_FRAME = 65_536
PING_SECONDS = 20.0
# A full collection looks at all that thousands of sockets hold and stops them for some 300 ms: once in ten million
# new objects is enough, since nearly all of them are freed without it.
GC_THRESHOLDS = 10_000, 10, 100


class Server(uvicorn.Server):
    """Tells its clients to come back before it closes their connections."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._drain()
        await super().shutdown(sockets)


def make_server(app: FastAPI, settings: GatewaySettings, **options: Any) -> Server:
    """A server for the gateway's app, with its limits on frames, headers and patience."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,  # one frame goes to many sockets, and would be compressed for each of them
        h11_max_incomplete_event_size=65_536,
        timeout_graceful_shutdown=max(1, round(settings.stop_grace)),
        server_header=False,
        proxy_headers=False,  # which proxies to believe is a setting: see `client_address`
        log_config=None,
        access_log=False,
        **options,
    )
    return Server(config, lambda: drain(app))


def main() -> None:
    settings = GatewaySettings()
    setup(SERVICE, settings)
    server = make_server(create_app(settings), settings)
    gc.freeze()  # modules and routes live as long as the process: no need to look through them again and again
    gc.set_threshold(*GC_THRESHOLDS)
    server.run()


if __name__ == "__main__":
    main()
