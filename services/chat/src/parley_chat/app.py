"""The composition root: who answers, where passages are found, and the worker that runs both kinds of jobs."""

from __future__ import annotations

from functools import partial

from faststream.rabbit import RabbitBroker

from parley_chat.adapters.library import IndexLibrary
from parley_chat.adapters.model import ModelAnalyst
from parley_chat.adapters.offline import OfflineAnalyst
from parley_chat.forgetting import forget_conversation
from parley_chat.ports import Analyst
from parley_chat.remembering import settle
from parley_chat.settings import ChatSettings
from parley_chat.store.turns import MIGRATIONS, SqlTurns
from parley_chat.workflow import Parts, chat
from parley_common.contracts.chat import Chat, ForgetConversation
from parley_common.embedding.embedder import Embedder, open_embedder
from parley_common.llm.opening import open_model
from parley_common.periodic import Periodic
from parley_common.runtime.service import WorkerService
from parley_common.vectors.index import Index, open_index

SERVICE = "chat"


class ChatService:
    """Chat as a running service; `start` returns once it takes work, `stop` hands over what is unfinished."""

    def __init__(
        self,
        settings: ChatSettings,
        broker: RabbitBroker | None = None,
        *,
        embedder: Embedder | None = None,
        index: Index | None = None,
    ) -> None:
        self._model = open_model(settings)
        self._embedder = embedder or open_embedder(settings)
        self._index = index or open_index(settings, self._embedder.name, self._embedder.dimensions)
        library = self.library = IndexLibrary(self._index, self._embedder, limit=settings.search_limit)
        analyst: Analyst = ModelAnalyst(self._model) if self._model else OfflineAnalyst(library.embed)
        self.service = WorkerService(
            SERVICE, settings, mode=analyst.mode, model=analyst.model, broker=broker, migrations=[MIGRATIONS]
        )
        self.turns = SqlTurns(self.service.database)
        parts = Parts(analyst=analyst, library=library, turns=self.turns, limits=settings)
        settling = partial(settle, library=library, turns=self.turns)
        self._settling = Periodic(settling, every=settings.settle_every, name="answers that have ended")
        worker = self.service.worker
        worker.register("chat", partial(chat, parts=parts), Chat)
        worker.register(
            "forget_conversation", partial(forget_conversation, library=library, turns=self.turns), ForgetConversation
        )

    async def start(self) -> None:
        await self.service.start()
        await self._settling.start()

    async def stop(self) -> None:
        await self._settling.stop()
        await self.service.stop()
        await self._index.close()
        await self._embedder.close()
        if self._model:
            await self._model.close()


def create(settings: ChatSettings, broker: RabbitBroker | None = None) -> ChatService:
    """Everything wired, nothing started; `broker` if the process has one already."""
    return ChatService(settings, broker)
