"""The process that reads uploads does not outlive the one that started it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil

PARENT = """
import asyncio, sys
from pathlib import Path
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings

folder = Path(sys.argv[1])
asyncio.run(load(folder / "upload", folder / "table", filename="t", settings=DatasetSettings()))
"""


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
