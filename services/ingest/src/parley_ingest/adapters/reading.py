"""Files of the blob store, read where they can do no harm."""

from __future__ import annotations

from parley_common.storage.blobs import Blobs
from parley_ingest.domain.document import Canonical
from parley_ingest.parsing.reading import read
from parley_ingest.parsing.settings import ParsingSettings


class CagedReader:
    """`Reader` over the blob store; every file is read in a child process that has nothing else."""

    def __init__(self, blobs: Blobs, settings: ParsingSettings) -> None:
        self._blobs = blobs
        self._settings = settings

    async def read(self, upload: str, filename: str) -> Canonical:
        async with self._blobs.file(upload) as path:
            return await read(path, filename=filename, settings=self._settings)
