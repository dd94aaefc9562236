"""The composition root: which writer, which search, and the worker that runs them."""

from __future__ import annotations

from functools import partial

import httpx
from faststream.rabbit import RabbitBroker

from parley_common.contracts.enhance import Enhance
from parley_common.llm.opening import open_model
from parley_common.runtime.service import WorkerService
from parley_enhancer.adapters.model import ModelWriter
from parley_enhancer.adapters.offline import OfflineWriter
from parley_enhancer.adapters.searxng import SearxngSearch
from parley_enhancer.settings import EnhancerSettings
from parley_enhancer.workflow import enhance

SERVICE = "enhancer"
KIND = "enhance"


class Enhancer:
    """The enhancer as a running service; `start` returns once it takes work, `stop` hands over what is unfinished."""

    def __init__(self, settings: EnhancerSettings, broker: RabbitBroker | None = None) -> None:
        self._model = open_model(settings)
        self._client = httpx.AsyncClient(timeout=settings.search_timeout)
        writer = ModelWriter(self._model) if self._model else OfflineWriter()
        search = SearxngSearch(self._client, str(settings.searxng_url)) if settings.searxng_url else None
        self.service = WorkerService(SERVICE, settings, mode=writer.mode, model=writer.model, broker=broker)
        self.service.worker.register(KIND, partial(enhance, writer=writer, search=search), Enhance)

    async def start(self) -> None:
        await self.service.start()

    async def stop(self) -> None:
        await self.service.stop()
        await self._client.aclose()
        if self._model:
            await self._model.close()


def create(settings: EnhancerSettings, broker: RabbitBroker | None = None) -> Enhancer:
    """Everything wired, nothing started; `broker` if the process has one already."""
    return Enhancer(settings, broker)
