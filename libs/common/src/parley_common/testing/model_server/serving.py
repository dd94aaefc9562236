"""Running the test model on a port of its own, beside a test or as a process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from parley_common.testing.model_server.app import make_app

HOST = "127.0.0.1"


def listen(port: int = 0) -> tuple[socket.socket, str]:
    """A socket that already accepts connections, so that its address may be handed out at once."""
    listener = socket.create_server((HOST, port), backlog=1024)
    return listener, f"http://{HOST}:{listener.getsockname()[1]}"


def server() -> uvicorn.Server:
    # Breaking off an answer is something uvicorn reports as an error; here it is what was asked for.
    return uvicorn.Server(uvicorn.Config(make_app(), lifespan="off", log_level="critical", access_log=False))


@contextmanager
def serving() -> Iterator[str]:
    """A test model in a thread of this process; yields its address. Has a loop of its own, so any test may use it."""
    listener, address = listen()
    running = server()
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, name="test-model")
    thread.start()
    try:
        yield address
    finally:
        running.should_exit = running.force_exit = True
        thread.join()
        listener.close()
