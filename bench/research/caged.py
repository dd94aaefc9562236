"""The shipped tables as research has them: read by the loader, asked through the gate and in the cage."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from bench.research.running import Runner
from bench.research.tables import LOADERS
from parley_common.contracts.datasets import TABLE, Profile
from parley_common.storage.blobs import FolderBlobs, key_of
from parley_research.adapters.tables import BlobTables
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings
from parley_research.domain.inquiry import Query
from parley_research.domain.results import Result, result_of
from parley_research.sql.settings import QuerySettings


class Caged:
    """Tables in `folder`; `failures` are the queries that brought nothing, and why."""

    def __init__(self, folder: Path, loop: asyncio.Runner) -> None:
        self._folder = folder
        self._loop = loop
        self._blobs = FolderBlobs(folder / "blobs")
        self._tables = BlobTables(self._blobs, QuerySettings())
        self._opened: dict[str, tuple[Profile, Runner]] = {}
        self.failures: list[str] = []

    def opened(self, name: str) -> tuple[Profile, Runner]:
        """The profile the loader made of the table, as CSV, and a runner of queries about it."""
        if name not in self._opened:
            self._opened[name] = self._loop.run(self._load(name))
        return self._opened[name]

    async def _load(self, name: str) -> tuple[Profile, Runner]:
        upload, table, key = self._folder / f"{name}.csv", self._folder / f"{name}.parquet", key_of(TABLE, uuid4())
        await asyncio.to_thread(LOADERS[name]().to_csv, upload, index=False)
        profile = await load(upload, table, filename=upload.name, settings=DatasetSettings())
        await self._blobs.take(key, table)
        return profile, self._runner(name, key, [column.name for column in profile.columns])

    def _runner(self, name: str, key: str, columns: list[str]) -> Runner:
        known: dict[str, Result | None] = {}

        def run(identity: str, sql: str) -> Result | None:
            if sql not in known:
                query = Query(id="q", question=name, kind="aggregate", sql=sql)
                (detail,) = self._loop.run(self._tables.run(key, [query], columns))
                self.failures += [f"[{name}] {detail.error}\n      {sql}"] if detail.error else []
                known[sql] = None if detail.error else result_of(detail)
            result = known[sql]
            return result and result.model_copy(update={"query_id": identity})

        return run
