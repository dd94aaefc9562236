"""The gateway's composition root: everything is made here, started in order, and stopped in the reverse one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import structlog
from fastapi import FastAPI

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.topology import live_queue
from parley_common.contracts.datasets import UPLOAD
from parley_common.contracts.documents import DOCUMENT
from parley_common.documents import kind_of
from parley_common.periodic import Periodic
from parley_common.storage.blobs import FolderBlobs
from parley_common.storage.database import Database
from parley_common.storage.relay import Relay
from parley_gateway import edges
from parley_gateway.api import (
    chat,
    completions,
    datasets,
    documents,
    enhance,
    events,
    jobs,
    openapi,
    page,
    research,
    schedules,
    sockets,
)
from parley_gateway.core import Core
from parley_gateway.handlers import Canary, make_router
from parley_gateway.live.following import Following
from parley_gateway.live.hub import Hub
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.recent import Recent
from parley_gateway.live.recorder import Recorder
from parley_gateway.live.subscription import waits
from parley_gateway.notify.outgoing import check_options, enqueue
from parley_gateway.resend import Resend
from parley_gateway.settings import GatewaySettings
from parley_gateway.store.conversations import Conversations
from parley_gateway.store.datasets import Datasets
from parley_gateway.store.documents import Documents
from parley_gateway.store.events import Events
from parley_gateway.store.jobs import Jobs
from parley_gateway.store.schedules import Schedules as StoredSchedules
from parley_gateway.uploads import UploadPath
from parley_gateway.work.answers import Answers
from parley_gateway.work.cancellations import Cancellations
from parley_gateway.work.chats import Chats
from parley_gateway.work.datasets import Uploads
from parley_gateway.work.documents import UNNAMED, Library
from parley_gateway.work.exports import Exports
from parley_gateway.work.files import Intake
from parley_gateway.work.orphans import Orphans
from parley_gateway.work.reading import Reading
from parley_gateway.work.research import Questions
from parley_gateway.work.schedules import Schedules
from parley_gateway.work.submissions import Submissions

SERVICE = "gateway"
MIGRATIONS = "parley_gateway.store.migrations"
WEB = Path(__file__).parent / "web"
FIRST_CONNECTION = 5.0

Running = Callable[[Bus], AbstractAsyncContextManager[None]]

log = structlog.get_logger()


@asynccontextmanager
async def connected(bus: Bus) -> AsyncIterator[None]:
    """The bus at work; while the broker is away the gateway serves without it, and is not ready."""
    starting = asyncio.create_task(bus.start(), name="bus-start")
    starting.add_done_callback(_report_failure)
    await asyncio.wait({starting}, timeout=FIRST_CONNECTION)
    try:
        yield
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await bus.stop()


def create_app(
    settings: GatewaySettings,
    *,
    edge: edges.EdgeSettings | None = None,
    bus: Bus | None = None,
    running: Running = connected,
) -> FastAPI:
    """The gateway as an ASGI app.

    `bus` may be shared with other services of the same process; then `running` starts and stops it, with whatever
    else belongs to it. It is entered when the gateway's database is ready, and left when no request is served.
    """
    bus = bus or Bus(make_broker(settings, service=SERVICE, validating=False), timeout=settings.publish_timeout)
    database = Database.open(settings, SERVICE, MIGRATIONS)
    edge = edge or edges.EdgeSettings()
    core = _core(settings, database, edge)
    canary = _consume(core, bus, database)
    app = sockets.AppWithSockets(
        title="Parley",
        version="1.0.0",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=partial(_lifespan, database=database, bus=bus, running=running, edge=edge, canary=canary),
    )
    app.state.core = core
    uploads = [
        UploadPath("/datasets", settings.dataset_bytes),
        UploadPath(documents.router.prefix, settings.document_bytes, kind_of),
    ]
    edges.install(app, edge, max_body=settings.max_body, uploads=uploads)
    jobs.install(app)
    chat.install(app)
    for module in (jobs, events, enhance, datasets, research, schedules, documents, chat, completions):
        app.include_router(module.router)
    app.open_to_sockets(edge.access)
    page.install(app, WEB)
    openapi.install(app)
    return app


async def drain(app: FastAPI) -> None:
    """Send every client away, before the server closes its connections."""
    await cast(Core, app.state.core).hub.part()


def _core(settings: GatewaySettings, database: Database, edge: edges.EdgeSettings) -> Core:
    recent = Recent(seconds=settings.recent_events)
    hub = Hub(Events(database), recent=recent, waits=waits(settings.gap_after), catch_up_every=settings.catch_up)
    stored, newcomers = Jobs(database), Newcomers()
    check = partial(check_options, settings=edge.notify)
    submissions = Submissions(database, recent, newcomers, resend_after=settings.resend_after, check=check)
    cancellations = Cancellations(database, resend_after=settings.resend_after)
    blobs, stored_datasets = FolderBlobs(settings.blobs_folder), Datasets(database)
    following = Following(stored, hub, newcomers)
    intake = partial(Intake, blobs)
    stored_documents = Documents(database)
    questions = Questions(stored_datasets, following, submissions)
    return Core(
        settings=settings,
        jobs=stored,
        hub=hub,
        following=following,
        submissions=submissions,
        answers=Answers(database, recent, resend_after=settings.resend_after),
        cancellations=cancellations,
        datasets=stored_datasets,
        uploads=Uploads(
            database,
            blobs,
            intake=intake(kind=UPLOAD, limit=settings.dataset_bytes, unnamed="dataset"),
            submissions=submissions,
            cancellations=cancellations,
        ),
        documents=stored_documents,
        library=Library(
            database,
            intake=intake(kind=DOCUMENT, limit=settings.document_bytes, unnamed=UNNAMED),
            following=following,
            submissions=submissions,
            cancellations=cancellations,
        ),
        reading=Reading(stored_documents, following, blobs),
        orphans=Orphans(database, blobs, after=settings.orphan_after),
        research=questions,
        exports=Exports(following, limits=settings.export_limits, at_once=settings.export_at_once),
        stored_schedules=StoredSchedules(database),
        schedules=Schedules(database, questions=questions, submissions=submissions, most=settings.schedules),
        conversations=Conversations(database),
        chats=Chats(database, submissions=submissions, cancellations=cancellations, following=following, hub=hub),
    )


def _consume(core: Core, bus: Bus, database: Database) -> Canary:
    instance = uuid4().hex[:12]
    canary = Canary(bus.broker, live_queue(instance).name)
    recorder = Recorder(database, notify=enqueue)
    bus.broker.include_router(make_router(instance=instance, hub=core.hub, recorder=recorder, canary=canary))
    bus.on_reconnected(core.hub.catch_up)
    return canary


@asynccontextmanager
async def _lifespan(
    app: FastAPI, *, database: Database, bus: Bus, running: Running, edge: edges.EdgeSettings, canary: Canary
) -> AsyncIterator[None]:
    core = cast(Core, app.state.core)
    relay, resend = Relay(database, bus, core.settings), Resend(database, core.settings)
    clock = Periodic(core.schedules.run_due, every=core.settings.schedule_sweep, name="schedules")
    tidying = (
        Periodic(core.uploads.remove_files, every=core.settings.upload_sweep, name="uploads"),
        Periodic(core.library.remove_rows, every=core.settings.upload_sweep, name="documents"),
        Periodic(core.chats.remove_forgotten, every=core.settings.upload_sweep, name="conversations"),
        Periodic(core.orphans.remove, every=core.settings.orphan_after, name="orphans"),
    )
    await database.upgrade()
    checks: dict[str, Any] = {"bus": canary.returns}
    try:
        async with (
            edges.open_edges(
                app, edge, database=database, broker=bus.broker, snapshot=core.following.snapshot, checks=checks
            ),
            running(bus),
        ):
            parts = (relay, core.hub, resend, clock, *tidying)
            for part in parts:
                await part.start()
            try:
                yield
            finally:
                for part in reversed(parts):
                    await part.stop()
    finally:
        await database.close()


def _report_failure(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and (error := starting.exception()):
        log.critical("the bus did not start", exc_info=error)
