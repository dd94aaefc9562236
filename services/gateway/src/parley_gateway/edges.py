"""Everything between the network and the gateway's own work, put around the app and opened with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from fastapi import Depends, FastAPI
from faststream.rabbit import RabbitBroker
from redis.asyncio import Redis
from sqlalchemy import text

from parley_common.llm.settings import ModelSettings
from parley_common.periodic import Periodic
from parley_common.storage.database import Database
from parley_gateway import middleware, problems, tracing
from parley_gateway.api import about, auth, dead, docs, health
from parley_gateway.api.health import Check
from parley_gateway.idempotency import IdempotencySettings
from parley_gateway.input_checks import readable_body, storable_text
from parley_gateway.limits import Limits, LimitSettings
from parley_gateway.notify.notifier import Notifier, Snapshot, open_channels
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.redis_client import open_redis
from parley_gateway.security.access import Access
from parley_gateway.store import idempotency, notifications
from parley_gateway.uploads import UploadPath

HOUSEKEEPING = 600.0


@dataclass(frozen=True)
class EdgeSettings:
    """The settings of the edge, each group read from the environment unless given."""

    access: LimitSettings = field(default_factory=LimitSettings)
    idempotency: IdempotencySettings = field(default_factory=IdempotencySettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    model: ModelSettings = field(default_factory=ModelSettings)


def install(app: FastAPI, settings: EdgeSettings, *, max_body: int, uploads: Sequence[UploadPath] = ()) -> None:
    """Put errors, middleware, tracing and the edge's own routes on `app`; call before other routes are added.

    `uploads` are the paths that take files.
    """
    problems.install(app)
    app.router.dependencies += [Depends(readable_body), Depends(storable_text)]
    middleware.install(app, max_body=max_body, uploads=uploads, limits=settings.access)
    for module in (about, auth, dead, health, docs):
        app.include_router(module.router)
    tracing.instrument(app)


@asynccontextmanager
async def open_edges(
    app: FastAPI,
    settings: EdgeSettings,
    *,
    database: Database,
    broker: RabbitBroker,
    snapshot: Snapshot,
    checks: Mapping[str, Check],
) -> AsyncIterator[Redis]:
    """Open Redis and start what runs in the background; yields the Redis client, for who else may need it.

    `snapshot` reads an owner's job, `checks` add to those of readiness. Raises `InsecureBinding` where the settings
    would serve strangers.
    """
    redis = open_redis(settings.access)
    app.state.access = Access.open(settings.access, database=database, redis=redis)
    app.state.limits = Limits(settings.access, redis)
    app.state.broker = broker
    app.state.model = settings.model.model if settings.model.enabled else None
    app.state.idempotency = settings.idempotency
    app.state.checks = {"database": _database_answers(database), "redis": _redis_answers(redis), **checks}
    channels = open_channels(settings.notify)
    notifier = Notifier(database, settings.notify, snapshot=snapshot, channels=channels)
    housekeeping = Periodic(partial(_forget_expired, database), every=HOUSEKEEPING, name="housekeeping")
    for part in (notifier, housekeeping):
        await part.start()
    try:
        yield redis
    finally:
        for part in (housekeeping, notifier):
            await part.stop()
        for channel in channels.values():
            await channel.close()
        await redis.aclose()


def _database_answers(database: Database) -> Check:
    async def check() -> bool:
        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
        return True

    return check


def _redis_answers(redis: Redis) -> Check:
    async def check() -> bool:
        return bool(await redis.ping())

    return check


async def _forget_expired(database: Database) -> None:
    async with database.transaction() as transaction:
        await idempotency.purge(transaction)
        await notifications.purge(transaction)
