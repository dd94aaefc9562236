"""From an upload to a table that can be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic_core import to_json

from parley_common.contracts.datasets import PROFILE, TABLE, LoadDataset, LoadedDataset, Profile
from parley_common.runtime.job import Job
from parley_common.storage.blobs import Blobs, key_of
from parley_research.datasets.loading import load
from parley_research.datasets.settings import DatasetSettings

# A profile lists at most so many columns and values that this is never reached.
PROFILE_BYTES = 64 * 2**20


async def load_dataset(job: Job, request: LoadDataset, *, blobs: Blobs, settings: DatasetSettings) -> LoadedDataset:
    """Make a table and its profile of an upload; doing it again makes the same."""
    await job.progress(0.1, "Reading the file")
    profile = await job.step("load", partial(_load, blobs, settings), request)
    return LoadedDataset(dataset=request.dataset, table=key_of(TABLE, request.dataset), profile=profile)


async def _load(blobs: Blobs, settings: DatasetSettings, request: LoadDataset) -> Profile:
    with TemporaryDirectory(dir=settings.data) as folder:
        table = Path(folder) / "table.parquet"
        async with blobs.file(request.upload) as upload:
            profile = await load(upload, table, filename=request.filename, settings=settings)
        await blobs.take(key_of(TABLE, request.dataset), table)
    await blobs.put(key_of(PROFILE, request.dataset), _whole(to_json(profile)), limit=PROFILE_BYTES)
    return profile


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
