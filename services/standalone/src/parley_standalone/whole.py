"""The composition root of the embedded system: the one module that knows every service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from parley_chat.app import create as create_chat
from parley_chat.settings import ChatSettings
from parley_common.bus.broker import Bus
from parley_common.runtime.hosting import Hosted
from parley_common.telemetry import setup
from parley_enhancer.app import create as create_enhancer
from parley_enhancer.settings import EnhancerSettings
from parley_gateway.__main__ import make_server
from parley_gateway.app import connected, create_app
from parley_gateway.settings import GatewaySettings
from parley_ingest.app import create as create_ingest
from parley_ingest.settings import IngestSettings
from parley_research.app import create as create_research
from parley_research.settings import ResearchSettings


def serve(settings: GatewaySettings) -> None:
    """Serve all of Parley until Ctrl-C or SIGTERM."""
    setup("parley", settings)
    make_server(embedded_app(settings), settings).run()


def embedded_app(settings: GatewaySettings) -> FastAPI:
    """The gateway's app, within whose lifespan every other service runs too."""
    workers: list[Hosted] = [
        create_enhancer(EnhancerSettings()),
        create_research(ResearchSettings()),
        create_ingest(IngestSettings()),
        create_chat(ChatSettings()),
    ]

    @asynccontextmanager
    async def running(bus: Bus) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for worker in workers:
                await stack.enter_async_context(_working(worker))
            await stack.enter_async_context(connected(bus))
            yield

    return create_app(settings, running=running)


@asynccontextmanager
async def _working(service: Hosted) -> AsyncIterator[None]:
    try:
        await service.start()
        yield
    finally:
        await service.stop()
