"""Real servers for a whole run, and for each figure an empty site on them: its own vhost, database and processes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from parley_standalone.servers import PostgresServer, Process, RabbitServer, RedisServer, scratch_folder
from parley_standalone.stack.service import GATEWAY, Service, ServiceProcess

WORKER = Service("enhancer", "bench.worker")
MIB = 1024 * 1024


@dataclass
class Site:
    """Parley on its own vhost and database, with as many processes as a figure asked for."""

    amqp_url: str
    databases: Mapping[str, str]
    redis_url: str
    folder: Path
    gateways: list[ServiceProcess]
    workers: list[ServiceProcess]

    @property
    def url(self) -> str:
        return self.gateways[0].url


class Servers:
    """RabbitMQ, PostgreSQL and Redis with their default durability."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rabbit = RabbitServer(folder / "rabbitmq")
        self.postgres = PostgresServer(folder / "postgres", services=("gateway", "enhancer"), durable=True)
        self.redis = RedisServer(folder / "redis")
        self._numbers = count(1)

    @asynccontextmanager
    async def site(
        self, *, gateways: int = 0, workers: int = 0, env: Mapping[str, str] | None = None
    ) -> AsyncIterator[Site]:
        """An empty site; everything it started is ended, and what it queued is deleted."""
        name = f"bench{next(self._numbers)}"
        amqp_url = await self.rabbit.create_vhost(name)
        await self.postgres.create_database(name)
        await self.redis.clear()
        databases = {service: self.postgres.database_url(service, name) for service in self.postgres.services}
        site = Site(amqp_url, databases, self.redis.url, self.folder / name, [], [])
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.rabbit.delete_vhost, name)
            for kind, number, running in ((GATEWAY, gateways, site.gateways), (WORKER, workers, site.workers)):
                for index in range(1, number + 1):
                    process = ServiceProcess(kind, index, site.folder / kind.name, _environment(site, kind, env))
                    await process.start()
                    stack.push_async_callback(process.stop)
                    running.append(process)
            yield site


@asynccontextmanager
async def running_servers() -> AsyncIterator[Servers]:
    with scratch_folder() as folder:
        servers = Servers(folder)
        started = (servers.rabbit, servers.postgres, servers.redis)
        try:
            await asyncio.gather(*(server.start() for server in started))
            yield servers
        finally:
            await asyncio.gather(*(server.kill() for server in started))


@asynccontextmanager
async def running(
    name: str, command: Sequence[str], *, folder: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """A peer's process, started by this interpreter as `python <command>`."""
    process = Process(
        name, [sys.executable, *command], log=folder / f"{name}.log", env={**os.environ, **(env or {})}, stop_timeout=10
    )
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


def memory(process: Process) -> float:
    """Resident memory in MiB."""
    return float(psutil.Process(process.pid).memory_info().rss) / MIB


def _environment(site: Site, kind: Service, env: Mapping[str, str] | None) -> dict[str, str]:
    return {
        "AMQP_URL": site.amqp_url,
        "DATABASE_URL": site.databases[kind.name],
        "REDIS_URL": site.redis_url,
        "PARLEY_AUTH": "off",
        "PARLEY_LOG_LEVEL": "WARNING",
        **(env or {}),
    }
