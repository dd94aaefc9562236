"""Which pages may open sockets: browsers send cookies and reach loopback from any page, so the Origin must match."""

from __future__ import annotations

from fastapi import WebSocket
from starlette.websockets import WebSocketState

from parley_gateway.security.access import access_of
from parley_gateway.security.principal import SocketRejected

POLICY_VIOLATION = 1008


async def check_origin(socket: WebSocket) -> None:
    """Let in: no Origin (not a browser), the page's own host, an origin named in `PARLEY_ORIGINS`; exact matches only.

    Anything else is refused with 403 before the handshake, and `SocketRejected` is raised.
    """
    origin = socket.headers.get("origin")
    if origin is None or origin in access_of(socket).settings.origins or _is_same_host(origin, socket):
        return
    if socket.application_state is WebSocketState.CONNECTING:
        await socket.close(POLICY_VIOLATION, "origin not allowed")
    raise SocketRejected(POLICY_VIOLATION, "origin not allowed")


def _is_same_host(origin: str, socket: WebSocket) -> bool:
    host = socket.headers.get("host")
    return bool(host) and origin in {f"http://{host}", f"https://{host}"}
