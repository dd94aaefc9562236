"""The composition root: which analyst, where tables are, and the worker that runs both kinds of jobs."""

from __future__ import annotations

from functools import partial

from faststream.rabbit import RabbitBroker

from parley_common.contracts.datasets import LoadDataset
from parley_common.contracts.research import Research
from parley_common.llm.opening import open_model
from parley_common.runtime.service import WorkerService
from parley_common.storage.blobs import FolderBlobs
from parley_research.adapters.answers import BlobCache
from parley_research.adapters.doubted import DoubtedTables
from parley_research.adapters.model import ModelAnalyst
from parley_research.adapters.offline import OfflineAnalyst
from parley_research.adapters.tables import BlobTables
from parley_research.loading import load_dataset
from parley_research.ports import Analyst, Tables
from parley_research.settings import ResearchSettings
from parley_research.workflow import research

SERVICE = "research"


class ResearchService:
    """Research as a running service; `start` returns once it takes work, `stop` hands over what is unfinished."""

    def __init__(self, settings: ResearchSettings, broker: RabbitBroker | None = None) -> None:
        self._model = open_model(settings)
        blobs = FolderBlobs(settings.blobs_folder)
        analyst: Analyst = ModelAnalyst(self._model) if self._model else OfflineAnalyst()
        tables: Tables = BlobTables(blobs, settings)
        if self._model:
            tables = DoubtedTables(tables, settings)
        cache = BlobCache(blobs, thinker=analyst.model or analyst.mode)
        self.service = WorkerService(SERVICE, settings, mode=analyst.mode, model=analyst.model, broker=broker)
        worker = self.service.worker
        worker.register("research", partial(research, analyst=analyst, tables=tables, cache=cache), Research)
        worker.register("load_dataset", partial(load_dataset, blobs=blobs, settings=settings), LoadDataset)

    async def start(self) -> None:
        await self.service.start()

    async def stop(self) -> None:
        await self.service.stop()
        if self._model:
            await self._model.close()


def create(settings: ResearchSettings, broker: RabbitBroker | None = None) -> ResearchService:
    """Everything wired, nothing started; `broker` if the process has one already."""
    return ResearchService(settings, broker)
