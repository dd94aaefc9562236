"""The collections of a folder, opened by one process at a time. Not for several threads."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from parley_common.vectors.edge.engine import Shard
from parley_common.vectors.edge.failures import CollectionExists, FolderInUse, NoSuchCollection
from parley_common.vectors.edge.wire import CreateCollection

# Written last: a folder without it is what remains of a creation that was cut off.
DESCRIPTION = "collection.json"


@dataclass(slots=True)
class Collection:
    """An open shard, what it was made as, and how many changes it saw since it was last put in order."""

    shard: Shard
    made_as: CreateCollection
    changes: int = 0


class Collections:
    """Opens everything that was stored; raises `FolderInUse`, as the engine itself would let two processes in."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise FolderInUse(
                f"another process has the vectors in {folder} open: set QDRANT_URL to share them"
            ) from None
        self._open = {path.name: _loaded(path) for path in folder.iterdir() if path.is_dir() and _whole(path)}

    def names(self) -> frozenset[str]:
        return frozenset(self._open)

    def get(self, name: str) -> Collection:
        if name not in self._open:
            raise NoSuchCollection(f"Not found: Collection `{name}` doesn't exist!")
        return self._open[name]

    def create(self, name: str, made_as: CreateCollection) -> None:
        if name in self._open:
            raise CollectionExists(f"Wrong input: Collection `{name}` already exists!")
        path = self._folder / name
        path.mkdir(mode=0o700)
        shard = Shard.create(path, made_as)
        shard.flush()
        _write_durably(path / DESCRIPTION, made_as.model_dump_json())
        self._open[name] = Collection(shard, made_as)

    def reload(self, name: str) -> None:
        """From the files again: after a failure what the engine has in memory is not to be trusted."""
        self._open.pop(name).shard.close()
        self._open[name] = _loaded(self._folder / name)

    def close(self) -> None:
        for collection in self._open.values():
            collection.shard.close()
        self._open.clear()
        self._lock.close()


def _loaded(path: Path) -> Collection:
    return Collection(Shard.load(path), CreateCollection.model_validate_json((path / DESCRIPTION).read_bytes()))


def _whole(path: Path) -> bool:
    if (path / DESCRIPTION).exists():
        return True
    shutil.rmtree(path)
    return False


def _write_durably(path: Path, content: str) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
