"""The whole of Parley as local processes: real servers, and one process or more per service."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from parley_standalone.servers import (
    PostgresServer,
    RabbitServer,
    RedisServer,
    Server,
    ServerError,
    VectorServer,
    scratch_folder,
)
from parley_standalone.servers.ports import LOOPBACK, is_free
from parley_standalone.stack.service import GATEWAY, SERVICES, WITH_VECTORS, WORKERS, Service, ServiceProcess


class Stack:
    """Starts everything on free ports and ends everything it started; use it with `async with`.

    `gateways` and `workers` say how many processes there are of the gateway and of each worker service, or of some by
    their names. With `data`, the folder keeps what was stored for the next start; without, it is a temporary one.
    `port` is the first gateway's.
    """

    rabbit: RabbitServer
    postgres: PostgresServer
    redis: RedisServer
    vectors: VectorServer | None = None

    def __init__(
        self,
        *,
        gateways: int = 1,
        workers: int | Mapping[str, int] = 1,
        env: Mapping[str, str] | None = None,
        data: Path | None = None,
        host: str = LOOPBACK,
        port: int | None = None,
    ) -> None:
        self.servers: list[Server] = []
        self.gateways: list[ServiceProcess] = []
        self.workers: list[ServiceProcess] = []
        self.env = dict(env or {})
        self.data = data
        self.host = host
        self.port = port
        self.folder = data or Path()
        each = dict.fromkeys((worker.name for worker in WORKERS), workers) if isinstance(workers, int) else workers
        self._counts = {GATEWAY: gateways} | {worker: each.get(worker.name, 0) for worker in WORKERS}
        self._cleanup = AsyncExitStack()

    @property
    def url(self) -> str:
        """The first gateway's address."""
        return self.gateways[0].url

    @property
    def services(self) -> list[ServiceProcess]:
        return [*self.gateways, *self.workers]

    def workers_of(self, service: str) -> list[ServiceProcess]:
        return [worker for worker in self.workers if worker.service.name == service]

    def database_url(self, service: str) -> str:
        return self.postgres.database_url(service)

    def environment(self, service: str) -> dict[str, str]:
        """The settings with which a process of this service joins the stack."""
        vectors = {"QDRANT_URL": self.vectors.url, "QDRANT_API_KEY": self.vectors.key} if self.vectors else {}
        return {
            "AMQP_URL": self.rabbit.url,
            "REDIS_URL": self.redis.url,
            "DATABASE_URL": self.postgres.database_url(service),
            "PARLEY_BLOBS": str(self.folder / "blobs"),
            **vectors,
            **self.env,
        }

    async def start(self) -> None:
        """Return when every process is ready; ends what it had started when one does not come up."""
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            self._claim_folder()
            self._claim_port()
            names = [service.name for service in SERVICES]
            self.rabbit = RabbitServer(self.folder / "rabbitmq")
            self.postgres = PostgresServer(self.folder / "postgres", services=names, durable=self.data is not None)
            self.redis = RedisServer(self.folder / "redis")
            self.servers = [self.rabbit, self.postgres, self.redis]
            if any(count and service.name in WITH_VECTORS for service, count in self._counts.items()):
                self.vectors = VectorServer(self.folder / "vectors")
                self.servers.append(self.vectors)
            await self._start_all(self.servers)
            self.gateways = self._processes(GATEWAY)
            self.workers = [process for worker in WORKERS for process in self._processes(worker)]
            await self._start_all(self.services)
            undo.pop_all()

    async def stop(self) -> None:
        """End the services in good order, then the servers; nothing that was started stays."""
        await asyncio.gather(*(service.stop() for service in self.services))
        # What nobody will read again needs no orderly end, and RabbitMQ takes seconds for one.
        await asyncio.gather(*(server.stop() if self.data else server.kill() for server in self.servers))
        await self._cleanup.aclose()

    async def kill(self) -> None:
        """End everything at once, as a power cut would."""
        await asyncio.gather(*(process.kill() for process in [*self.services, *self.servers]))
        await self._cleanup.aclose()

    async def add(self, service: str) -> ServiceProcess:
        """Start one more process of a service."""
        kind = next(kind for kind in SERVICES if kind.name == service)
        group = self.gateways if kind is GATEWAY else self.workers
        number = 1 + sum(process.service is kind for process in group)
        process = self._process(kind, number)
        group.append(process)
        await process.start()
        return process

    def _processes(self, service: Service) -> list[ServiceProcess]:
        return [self._process(service, number) for number in range(1, self._counts[service] + 1)]

    def _process(self, service: Service, number: int) -> ServiceProcess:
        first = service is GATEWAY and number == 1
        return ServiceProcess(
            service,
            number,
            self.folder / service.name,
            self.environment(service.name),
            host=self.host if service is GATEWAY else LOOPBACK,
            port=self.port if first else None,
        )

    async def _start_all(self, processes: Iterable[Server]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for process in processes:
                    tasks.create_task(process.start())
        except* ServerError as errors:
            raise errors.exceptions[0] from None

    def _claim_folder(self) -> None:
        if self.data is None:
            self.folder = self._cleanup.enter_context(scratch_folder())
            return
        self.folder = self.data.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self._cleanup.enter_context((self.folder / "stack.lock").open("w"))
        if not _locked(lock):
            raise ServerError(f"another stack is running on {self.folder}")

    def _claim_port(self) -> None:
        if self.port and not is_free(self.host, self.port):
            raise ServerError(f"{self.host}:{self.port} is taken: set HOST and PORT to a free address")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _locked(file: TextIO) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
