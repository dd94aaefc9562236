"""From an upload to a table that can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

from pydantic_core import to_json

from parley_common.contracts.datasets import PROFILE, TABLE, LoadDataset, LoadedDataset, Outline
from parley_common.contracts.model import part_of
from parley_common.runtime.job import Job
from parley_common.storage.blobs import Blobs, key_of
from parley_research.datasets.loading import SCRATCH, load
from parley_research.datasets.settings import DatasetSettings

# A profile lists at most so many columns and values that this is never reached.
PROFILE_BYTES = 64 * 2**20


async def load_dataset(job: Job, request: LoadDataset, *, blobs: Blobs, settings: DatasetSettings) -> LoadedDataset:
    """Make a table and its profile of an upload; doing it again makes the same."""
    await job.progress(0.1, "Reading the file")
    return await job.step("load", partial(_load, blobs, settings), request)


async def _load(blobs: Blobs, settings: DatasetSettings, request: LoadDataset) -> LoadedDataset:
    """The table goes last: who finds it finds its profile, too."""
    key = key_of(TABLE, request.dataset)
    table = settings.data / f"{SCRATCH}{uuid4().hex}.parquet"
    try:
        async with blobs.file(request.upload) as upload:
            profile = await load(upload, table, filename=request.filename, settings=settings)
        await blobs.put(key_of(PROFILE, request.dataset), _whole(to_json(profile)), limit=PROFILE_BYTES)
        await blobs.take(key, table)
    finally:
        await asyncio.to_thread(table.unlink, missing_ok=True)
    return LoadedDataset(dataset=request.dataset, table=key, profile=part_of(profile, Outline))


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
