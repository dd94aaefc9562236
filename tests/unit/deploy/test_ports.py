"""A port belongs to the process that was given it, also while no server listens on it yet."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from parley_standalone.servers.ports import LOOPBACK, free_port

ASKING = "import sys; from parley_standalone.servers.ports import free_port; print(free_port([int(sys.argv[1])]))"


def given_to_another_process(port: int) -> bool:
    asked = subprocess.run([sys.executable, "-c", ASKING, str(port)], capture_output=True, check=False)
    assert asked.returncode == 0 or b"no free loopback port" in asked.stderr
    return asked.returncode == 0


def test_a_port_that_was_given_is_given_to_nobody_else() -> None:
    port = free_port()
    assert not given_to_another_process(port)
    with pytest.raises(OSError, match="no free loopback port"):
        free_port([port])


def test_a_server_can_listen_on_the_port_that_was_given() -> None:
    with socket.create_server((LOOPBACK, free_port())) as server, socket.create_connection(server.getsockname()):
        pass


def test_a_port_that_somebody_listens_on_is_not_given() -> None:
    with socket.create_server((LOOPBACK, 0)) as server, pytest.raises(OSError, match="no free loopback port"):
        free_port([server.getsockname()[1]])


def test_the_port_of_a_process_that_ended_is_given_again() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    assert given_to_another_process(port)
    assert given_to_another_process(port)
