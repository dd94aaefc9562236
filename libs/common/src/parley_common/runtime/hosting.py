"""A worker service as a process of its own: it works until a signal, and answers an operator's probes over HTTP."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
import uvicorn
from faststream.exceptions import IncorrectState
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import Field
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parley_common.runtime.service import WorkerService
from parley_common.settings import Settings
from parley_common.storage.errors import DatabaseUnavailable
from parley_common.telemetry import setup

PATIENCE = 2.0
log = structlog.get_logger()


class ProbeSettings(Settings):
    """Where a worker serves `/health/live`, `/health/ready` and `/metrics`."""

    host: str = Field("127.0.0.1", alias="HOST")
    port: int = Field(0, alias="PARLEY_PROBE_PORT", ge=0, le=65_535)


class Hosted(Protocol):
    """What a service's `app.py` makes: the worker service, with whatever else must start and stop with it."""

    service: WorkerService

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def host(hosted: Hosted) -> None:
    """Run it until SIGTERM or Ctrl-C, then stop it in good order; ends the process when it cannot start."""
    probes = ProbeSettings()
    setup(hosted.service.worker.service, probes)
    config = uvicorn.Config(
        probe_app(hosted),
        host=probes.host,
        port=probes.port,
        server_header=False,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run()


def probe_app(hosted: Hosted) -> Starlette:
    """The service and its probes as an ASGI app: it runs for as long as the app's lifespan."""
    service = hosted.service
    running = CollectorRegistry()
    Gauge("parley_worker_running", "Jobs that take a slot.", registry=running).set_function(
        lambda: service.worker.running
    )

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_: Request) -> Response:
        checks = {"database": await _database_answers(service), "bus": await _bus_answers(service)}
        status = "ready" if all(checks.values()) else "unavailable"
        named = {name: "ok" if ok else "failed" for name, ok in checks.items()}
        return JSONResponse({"status": status, "checks": named}, 200 if all(checks.values()) else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(running), media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # In a task, because the broker may take as long as it likes, and a probe must see that we wait for it.
        starting = asyncio.create_task(hosted.start(), name="service-start")
        starting.add_done_callback(_end_if_failed)
        try:
            yield
        finally:
            starting.cancel()
            await asyncio.wait({starting})
            await hosted.stop()

    routes = [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]
    return Starlette(routes=routes, lifespan=lifespan)


async def _database_answers(service: WorkerService) -> bool:
    try:
        async with asyncio.timeout(PATIENCE), service.database.read() as connection:
            await connection.execute(text("SELECT 1"))
    except (TimeoutError, DatabaseUnavailable):
        return False
    return True


async def _bus_answers(service: WorkerService) -> bool:
    """Connected, and every subscriber is consuming; what the connection is worth, the broker's confirms tell."""
    consuming = all(subscriber.running for subscriber in service.broker.subscribers)
    try:
        return consuming and await service.broker.ping(PATIENCE)
    except IncorrectState:
        return False


def _end_if_failed(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and (error := starting.exception()):
        log.critical("the service did not start", exc_info=error)
        signal.raise_signal(signal.SIGTERM)
