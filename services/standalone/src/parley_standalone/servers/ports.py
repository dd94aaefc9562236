"""Finds loopback ports that nothing listens on."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the kernel's range for outgoing connections, so that no client takes a server's port while it restarts.
CANDIDATES = range(18_000, 32_000)


def free_port() -> int:
    """A port that could be bound a moment ago; no two calls of one process return the same one."""
    for port in random.sample(CANDIDATES, len(CANDIDATES)):
        if port not in _given and is_free(LOOPBACK, port):
            _given.add(port)
            return port
    raise OSError("no free loopback port")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on this address now."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


_given: set[int] = set()
