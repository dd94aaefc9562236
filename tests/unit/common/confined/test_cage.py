"""What a process that reads a stranger's file may no longer do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

CAGED = """
import json, os, socket, sys
from pathlib import Path
from parley_common.confined.cage import Bounds, enter

scratch, secret, other = map(Path, sys.argv[1:])
enter(scratch, Bounds(memory=2**30, written=2**20, cpu=10), parent=os.getppid())

def attempt(act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"

print(json.dumps({
    "read a file of another": attempt(lambda: secret.read_text()),
    "write elsewhere": attempt(lambda: other.write_text("x")),
    "list a folder": attempt(lambda: os.listdir(secret.parent)),
    "connect": attempt(lambda: socket.create_connection(("127.0.0.1", 9), timeout=5)),
    "take too much memory": attempt(lambda: bytearray(2**31)),
    "write too much": attempt(lambda: Path("big").write_bytes(bytes(2**21))),
    "write its own file": attempt(lambda: Path("small").write_text("x")),
    "be root": os.geteuid(),
}))
"""


async def test_caged_process_keeps_to_its_own_folder(tmp_path: Path) -> None:
    scratch, secret = tmp_path / "scratch", tmp_path / "secret"
    scratch.mkdir()
    secret.write_text("secret")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CAGED, scratch, secret, tmp_path / "other"), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate()
    assert json.loads(answer) == {
        "read a file of another": "PermissionError",
        "write elsewhere": "PermissionError",
        "list a folder": "PermissionError",
        "connect": "PermissionError",
        "take too much memory": "MemoryError",
        "write too much": "OSError",
        "write its own file": "done",
        "be root": 65534 if os.geteuid() == 0 else os.geteuid(),
    }
