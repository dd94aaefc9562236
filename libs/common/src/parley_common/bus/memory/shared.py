"""One broker per data folder, however many connections a process opens to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from parley_common.bus.memory.server import Server
from parley_common.bus.memory.session import Connection

FILE = "broker.db"


@dataclass(slots=True)
class _Shared:
    server: Server
    connections: set[Connection] = field(default_factory=set)


_SERVERS: dict[tuple[asyncio.AbstractEventLoop, Path], _Shared] = {}


def connect(folder: Path) -> Connection:
    """A connection to the broker that keeps its messages in `folder`; the first one starts it."""
    where = _where(folder)
    if where not in _SERVERS:
        _SERVERS[where] = _Shared(Server(where[1]))
    shared = _SERVERS[where]
    connection = Connection(shared.server)
    shared.connections.add(connection)
    return connection


async def disconnect(connection: Connection, folder: Path) -> None:
    """Close a connection; the last one stops the broker."""
    shared = _SERVERS[_where(folder)]
    connection.close()
    shared.connections.discard(connection)
    await shared.server.flush()
    if not shared.connections and _SERVERS.get(_where(folder)) is shared:
        del _SERVERS[_where(folder)]
        shared.server.close()


def _where(folder: Path) -> tuple[asyncio.AbstractEventLoop, Path]:
    return asyncio.get_running_loop(), folder.resolve() / FILE
