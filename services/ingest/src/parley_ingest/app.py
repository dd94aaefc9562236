"""The composition root: who reads, embeds and indexes, and the worker that runs both kinds of jobs."""

from __future__ import annotations

from functools import partial

from faststream.rabbit import RabbitBroker

from parley_common.contracts.documents import ForgetDocument, IngestDocument
from parley_common.contracts.jobs import Mode
from parley_common.embedding.embedder import Embedder, open_embedder
from parley_common.periodic import Periodic
from parley_common.runtime.service import WorkerService
from parley_common.storage.blobs import FolderBlobs
from parley_ingest.adapters.indexes import QdrantIndexes
from parley_ingest.adapters.reading import CagedReader
from parley_ingest.adapters.texts import Texts
from parley_ingest.ingestion import Ingestion
from parley_ingest.ports import Indexes, Reader
from parley_ingest.removing import Removing, forget_document
from parley_ingest.settings import IngestSettings
from parley_ingest.store.embeddings import Embeddings
from parley_ingest.store.versions import Versions
from parley_ingest.workflow import ingest_document

SERVICE = "ingest"
MIGRATIONS = "parley_ingest.store.migrations"


class IngestService:
    """Ingestion as a running service; `start` returns once it takes work, `stop` hands over what is unfinished."""

    def __init__(
        self,
        settings: IngestSettings,
        broker: RabbitBroker | None = None,
        *,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        indexes: Indexes | None = None,
    ) -> None:
        mode = Mode.MODEL if settings.embedding_model else Mode.OFFLINE
        model = settings.embedding_model
        self.service = WorkerService(SERVICE, settings, mode=mode, model=model, broker=broker, migrations=[MIGRATIONS])
        blobs = FolderBlobs(settings.blobs_folder)
        self._embedder = embedder or open_embedder(settings)
        self._indexes = indexes or QdrantIndexes(settings)
        current = self._embedder.name, self._embedder.dimensions
        versions, texts = Versions(self.service.database), Texts(blobs)
        removing = Removing(versions, blobs=blobs, texts=texts, indexes=self._indexes, current=current)
        ingestion = Ingestion(
            settings,
            reader=reader or CagedReader(blobs, settings),
            embedder=self._embedder,
            index=self._indexes.of(*current),
            texts=texts,
            versions=versions,
            embeddings=Embeddings(self.service.database),
            removing=removing,
        )
        self._sweep = Periodic(removing.remove_left_over, every=settings.left_over_sweep, name="left-over passages")
        worker, ingest = self.service.worker, partial(ingest_document, ingestion=ingestion, mode=mode, model=model)
        worker.register("ingest_document", ingest, IngestDocument)
        worker.register("forget_document", partial(forget_document, removing=removing), ForgetDocument)

    async def start(self) -> None:
        await self.service.start()
        await self._sweep.start()

    async def stop(self) -> None:
        await self._sweep.stop()
        await self.service.stop()
        await self._indexes.close()
        await self._embedder.close()


def create(
    settings: IngestSettings,
    broker: RabbitBroker | None = None,
    *,
    reader: Reader | None = None,
    embedder: Embedder | None = None,
    indexes: Indexes | None = None,
) -> IngestService:
    """Everything wired, nothing started; `broker` if the process has one already, the others instead of the usual."""
    return IngestService(settings, broker, reader=reader, embedder=embedder, indexes=indexes)
