"""`make stack`: run the local stack until Ctrl-C and say where everything is."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from parley_gateway.security.settings import AccessSettings, InsecureBinding, require_loopback
from parley_gateway.settings import GatewaySettings
from parley_standalone.servers import ServerError
from parley_standalone.stack.system import Stack
from parley_standalone.stack.watching import watch

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder; default: a temporary one.")] = None,
    gateways: Annotated[int, typer.Option(min=1, help="Processes of the gateway.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes of each other service.")] = 1,
) -> None:
    """Run every service as a process of its own, with real RabbitMQ, PostgreSQL and Redis."""
    settings = GatewaySettings()
    try:
        require_loopback(AccessSettings())
        stack = Stack(gateways=gateways, workers=workers, data=data, host=settings.host, port=settings.port)
        asyncio.run(_run(stack))
    except (ServerError, InsecureBinding) as error:
        _say(str(error))
        sys.exit(1)


async def _run(stack: Stack) -> None:
    asked_to_end = asyncio.Event()
    for ending in ENDINGS:
        asyncio.get_running_loop().add_signal_handler(ending, asked_to_end.set)
    running = asyncio.ensure_future(_serve(stack))
    asking = asyncio.ensure_future(asked_to_end.wait())
    await asyncio.wait((running, asking), return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    # Cancelled once only: an impatient second Ctrl-C must not interrupt the stopping and leave processes behind.
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    _say("Everything is stopped.")


async def _serve(stack: Stack) -> None:
    _say("Starting RabbitMQ, PostgreSQL, Redis and the services…")
    async with stack:
        _say(_addresses(stack))
        try:
            await watch(stack, _say)
        except* ServerError as errors:
            raise errors.exceptions[0] from None
        finally:
            _say("Stopping…")


def _addresses(stack: Stack) -> str:
    pages = [f"  page          {gateway.url}/" for gateway in stack.gateways]
    kept = "kept" if stack.data else "temporary"
    vectors = [f"  vectors       {stack.vectors.url} (key {stack.vectors.key})"] if stack.vectors else []
    return "\n".join(
        (
            "Parley is running.",
            *pages,
            f"  API docs      {stack.url}/docs and {stack.url}/docs/asyncapi",
            f"  RabbitMQ UI   {stack.rabbit.management_url}/",
            f"                user {stack.rabbit.user}, password {stack.rabbit.password}",
            f"  PostgreSQL    {stack.database_url('gateway').replace('+asyncpg', '')}",
            f"  Redis         {stack.redis.url}",
            *vectors,
            f"  data, logs    {stack.folder} ({kept})",
            "Ctrl-C ends it all.",
        )
    )


def _say(text: str) -> None:
    typer.echo(text, err=True)


if __name__ == "__main__":
    typer.run(main)
