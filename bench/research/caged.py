"""The shipped tables as research has them: read by the loader, asked through the gate and in the cage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from bench.research.asking import Runner
from bench.research.tables import LOADERS
from parley_common.contracts.datasets import TABLE, Profile
from parley_common.contracts.research import Detail
from parley_common.storage.blobs import FolderBlobs, key_of
from parley_research.adapters.tables import BlobTables
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.domain.inquiry import Query
from parley_research.sql.settings import QuerySettings

BATCH = 16


class Caged:
    """Tables in `folder`; `failures` are the queries that brought nothing, and why."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._blobs = FolderBlobs(folder / "blobs")
        self._tables = BlobTables(self._blobs, QuerySettings())
        self._opened: dict[str, tuple[Profile, Runner]] = {}
        self.failures: list[str] = []

    async def opened(self, name: str) -> tuple[Profile, Runner]:
        """The profile the loader made of the table, as CSV, and a runner of queries about it."""
        if name not in self._opened:
            self._opened[name] = await self._load(name)
        return self._opened[name]

    async def _load(self, name: str) -> tuple[Profile, Runner]:
        upload, table, key = self._folder / f"{name}.csv", self._folder / f"{name}.parquet", key_of(TABLE, uuid4())
        await asyncio.to_thread(LOADERS[name]().to_csv, upload, index=False)
        profile = await load(upload, table, filename=upload.name, settings=DatasetSettings())
        await self._blobs.take(key, table)
        return profile, self._runner(key, [column.name for column in profile.columns])

    def _runner(self, key: str, columns: list[str]) -> Runner:
        """Each statement is run once: many questions ask for the same."""
        known: dict[str, Detail] = {}

        async def run(queries: Sequence[Query]) -> list[Detail]:
            new = list({each.sql: each for each in queries if each.sql not in known}.values())
            for start in range(0, len(new), BATCH):
                found = await self._tables.run(key, new[start : start + BATCH], columns)
                self.failures += [f"{each.error}: {each.sql}" for each in found if each.error]
                known.update({each.sql: each for each in found})
            return [
                known[each.sql].model_copy(update=each.model_dump(include={"question", "kind"}) | {"query_id": each.id})
                for each in queries
            ]

        return run
