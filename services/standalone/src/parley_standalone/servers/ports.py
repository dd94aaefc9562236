"""Finds loopback ports for servers and keeps them from every other process of this machine that looks for one."""

from __future__ import annotations

import atexit
import random
import socket
from collections.abc import Sequence

LOOPBACK = "127.0.0.1"
# Below the kernel's range for outgoing connections, so that no client takes a server's port while it restarts.
CANDIDATES = range(18_000, 32_000)


def free_port(candidates: Sequence[int] = CANDIDATES) -> int:
    """A candidate that nothing listens on; no call returns it again, in any process, as long as this one lives.

    The claim is a UDP socket of the same number, which the kernel gives to one process only: it stands while the
    server is not up yet or restarts, and ends with the process. Raises OSError when every port is taken.
    """
    for port in random.sample(candidates, len(candidates)):
        if _claimed(port) and is_free(LOOPBACK, port):
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


def _claimed(port: int) -> bool:
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return False
    atexit.register(claim.close)
    return True
