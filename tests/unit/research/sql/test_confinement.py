"""What the kernel refuses a confined process, with no DuckDB in it: any code may try."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

PROGRAM = """
import encodings.idna, json, os, resource, socket, sys
from parley_common.confinement import leave_network
from parley_research.sql import confinement

file = confinement.reopenable(os.open(sys.argv[1], os.O_RDONLY))
leave_network()
confinement.confine(file=file, address_space=600 << 20, cpu_seconds=2, parent=os.getppid())
tries = {
    "open the file": lambda: open(f"/dev/fd/{file}", "rb").read(4),
    "write to the file": lambda: open(f"/dev/fd/{file}", "r+b"),
    "open another file": lambda: open(sys.argv[2]).read(),
    "list a folder": lambda: os.listdir("/"),
    "write a file": lambda: open(sys.argv[2] + ".new", "w"),
    "connect": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[3])), 5),
    "fork": os.fork,
    "execute": lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
    "signal the parent": lambda: os.kill(os.getppid(), 0),
    "take memory": lambda: bytearray(700 << 20),
    "open many files": lambda: [os.dup(0) for _ in range(100)],
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40)),
    "become root": lambda: os.setuid(0),
}
done = {}
for what, attempt in tries.items():
    try:
        attempt()
        done[what] = "yes"
    except (OSError, MemoryError, ValueError) as error:
        done[what] = "no"
done["user"] = os.getuid()
done["groups"] = os.getgroups()
print(json.dumps(done), flush=True)
while True:
    pass
"""


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a confined process managed to do; it ends by using up its processor time."""
    folder = tmp_path_factory.mktemp("confined")
    table, secret = folder / "table", folder / "secret"
    table.write_bytes(b"PAR1 and more")
    table.chmod(0o600)
    secret.write_text("secret")
    secret.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(table), str(secret), str(port)], capture_output=True, timeout=120
        )
    assert ended.returncode < 0, ended.stderr
    found: dict[str, object] = json.loads(ended.stdout) | {"signal": -ended.returncode}
    return found


def test_the_table_is_still_readable(attempts: dict[str, object]) -> None:
    assert attempts["open the file"] == "yes"


@pytest.mark.parametrize(
    "what",
    [
        "write to the file",
        "open another file",
        "list a folder",
        "write a file",
        "connect",
        "fork",
        "execute",
        "signal the parent",
        "take memory",
        "open many files",
        "raise a limit",
        "become root",
    ],
)
def test_everything_else_is_refused(what: str, attempts: dict[str, object]) -> None:
    assert attempts[what] == "no"


def test_processor_time_ends_it(attempts: dict[str, object]) -> None:
    assert attempts["signal"] == signal.SIGXCPU


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_root_becomes_nobody_without_groups(attempts: dict[str, object]) -> None:
    assert (attempts["user"], attempts["groups"]) == (65534, [])
