"""A folder for one confined process, which is gone when it is."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

from parley_common.uninterrupted import uninterrupted


@asynccontextmanager
async def scratch_in(folder: Path, prefix: str, *, stale_after: float) -> AsyncIterator[Path]:
    """A new folder in `folder`, which is made if need be, and on its disk.

    Those of processes that were killed with theirs are removed once they are `stale_after` seconds old.
    """
    scratch = await asyncio.to_thread(_made, folder, prefix, stale_after)
    try:
        yield scratch
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True))


def _made(folder: Path, prefix: str, stale_after: float) -> Path:
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    too_old = time.time() - stale_after
    for old in folder.glob(f"{prefix}*"):
        if old.stat().st_mtime < too_old:
            shutil.rmtree(old, ignore_errors=True)
    return Path(mkdtemp(prefix=prefix, dir=folder))
