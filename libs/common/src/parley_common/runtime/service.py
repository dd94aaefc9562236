"""A worker service, put together: database, relay, worker and consumers, started and stopped in the right order."""

from __future__ import annotations

from collections.abc import Sequence

from faststream.rabbit import RabbitBroker

from parley_common.bus.broker import Bus, make_broker
from parley_common.contracts.jobs import Mode
from parley_common.runtime.handlers import worker_router
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.worker import Worker
from parley_common.storage.database import Database
from parley_common.storage.relay import Relay

MIGRATIONS = "parley_common.runtime.migrations"


class WorkerService:
    """What a service's `app.py` builds; it only has to register its workflows on `worker`.

    `migrations` are the packages of tables that the service has beside the runtime's.
    """

    def __init__(
        self,
        service: str,
        settings: RuntimeSettings,
        *,
        mode: Mode = Mode.OFFLINE,
        model: str | None = None,
        broker: RabbitBroker | None = None,
        migrations: Sequence[str] = (),
    ) -> None:
        self.settings = settings
        self.broker = broker or make_broker(settings, service=service)
        self.bus = Bus(self.broker, timeout=settings.publish_timeout)
        self.database = Database.open(settings, service, MIGRATIONS, *migrations)
        self.relay = Relay(self.database, self.bus, settings)
        self.worker = Worker(
            service=service, database=self.database, bus=self.bus, settings=settings, mode=mode, model=model
        )
        self.broker.include_router(worker_router(self.worker, settings))

    async def start(self) -> None:
        """Returns once messages are being consumed, however long the broker takes to appear."""
        await self.database.upgrade()
        await self.relay.start()
        await self.worker.start()
        await self.bus.start()

    async def stop(self) -> None:
        """Stop taking work, finish or hand over what runs, publish what was committed, then close."""
        self.worker.drain()
        for subscriber in self.broker.subscribers:
            await subscriber.stop()
        await self.worker.stop()
        await self.relay.stop()
        await self.bus.stop()
        await self.database.close()
