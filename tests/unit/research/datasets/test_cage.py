"""What the process that reads uploads may no longer do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import psutil

CAGED = """
import json, os, socket, sys
from pathlib import Path
from parley_research.datasets import cage
from parley_research.datasets.limits import Limits

scratch, secret, other = map(Path, sys.argv[1:])
limits = Limits(size=1, unpacked=2**20, memory=2**30, cpu=10, rows=1, columns=1, cells=1, cell=1)
cage.enter(scratch, limits, parent=os.getppid())

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

PARENT = """
import asyncio, sys
from pathlib import Path
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings

folder = Path(sys.argv[1])
asyncio.run(load(folder / "upload", folder / "table", filename="t", settings=DatasetSettings()))
"""


async def test_caged_process_keeps_to_its_own_folder(folder: Path) -> None:
    scratch, secret = folder / "scratch", folder / "secret"
    scratch.mkdir()
    secret.write_text("secret")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CAGED, scratch, secret, folder / "other"), stdout=asyncio.subprocess.PIPE
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


async def test_reader_ends_with_the_process_that_started_it(folder: Path) -> None:
    (folder / "upload").write_text("a,b\n" + "1,2\n" * 3_000_000)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, folder)
    parent = psutil.Process(process.pid)
    while not (children := [child for child in parent.children() if _caged(child)]):  # noqa: ASYNC110
        await asyncio.sleep(0)
    process.kill()
    await process.wait()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=20)
    assert (len(gone), alive) == (1, [])


def _caged(child: psutil.Process) -> bool:
    """It has moved into its folder, so what follows it there is already settled."""
    try:
        return ".loading-" in child.cwd() and child.uids().effective in (os.geteuid(), 65534)
    except psutil.Error:
        return False
