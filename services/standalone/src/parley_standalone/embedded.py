"""All of Parley in one process, on SQLite and in-process brokers: `make run`, `parley up`.

The composition root: the one place that knows every service. `AMQP_URL`, `DATABASE_URL` and `REDIS_URL` still work,
then the one process uses those servers.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import typer
from fastapi import FastAPI
from pydantic import ValidationError

from parley_chat.app import create as create_chat
from parley_chat.settings import ChatSettings
from parley_common.bus.broker import Bus
from parley_common.runtime.hosting import Hosted
from parley_common.telemetry import setup
from parley_enhancer.app import create as create_enhancer
from parley_enhancer.settings import EnhancerSettings
from parley_gateway.__main__ import make_server
from parley_gateway.app import connected, create_app
from parley_gateway.security.settings import AccessSettings, InsecureBinding, require_loopback
from parley_gateway.settings import GatewaySettings
from parley_ingest.app import create as create_ingest
from parley_ingest.settings import IngestSettings
from parley_research.app import create as create_research
from parley_research.settings import ResearchSettings
from parley_standalone.servers.ports import is_free


class CannotStart(Exception):
    """Why this process must not run here and now; the message says what to change."""


def main(*, host: str | None = None, port: int | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM; exits with 1 and one line of explanation when it cannot start."""
    given = {"HOST": host, "PORT": port}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    try:
        settings = GatewaySettings()
        require_loopback(AccessSettings())
        with claimed(settings.data):
            _check_address(settings)
            setup("parley", settings)
            typer.echo(f"Parley: http://{settings.host}:{settings.port}/  (API: /docs; Ctrl-C ends it)", err=True)
            make_server(embedded_app(settings), settings).run()
    except ValidationError as error:
        sys.exit(_explain(error))
    except (CannotStart, InsecureBinding) as error:
        sys.exit(str(error))


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


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Two processes on one data folder would each miss the other's messages: the second one is refused."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "parley.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Parley already runs on {data.resolve()}: stop it, or set PARLEY_DATA") from None
        yield


@asynccontextmanager
async def _working(service: Hosted) -> AsyncIterator[None]:
    try:
        await service.start()
        yield
    finally:
        await service.stop()


def _explain(error: ValidationError) -> str:
    """The settings that do not hold, without their values: some are secrets."""
    problems = error.errors(include_input=False, include_context=False)
    return "\n".join(" ".join((*map(str, problem["loc"]), problem["msg"])) for problem in problems)


def _check_address(settings: GatewaySettings) -> None:
    if not is_free(settings.host, settings.port):
        raise CannotStart(f"{settings.host}:{settings.port} is taken: set PORT (and HOST) to a free address")


if __name__ == "__main__":
    main()
