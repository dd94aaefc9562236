"""Systems to break: the local stack with everything it calls, and the embedded one; both come back whole."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from support.clients import Parley, eventually
from support.web import SearchEngine, Spans

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_standalone.servers import NO_TLS, Process, Server
from parley_standalone.stack import ServiceProcess, Stack

# Short enough to wait for, long enough for a busy machine not to lose a lease that nobody broke.
QUICK = {
    "PARLEY_LEASE": "4",
    "PARLEY_HEARTBEAT": "0.5",
    "PARLEY_SWEEP": "0.3",
    "PARLEY_OUTBOX_SWEEP": "0.5",
    "PARLEY_CATCH_UP": "1",
    "PARLEY_STOP_GRACE": "2",
}
SLOTS = 2


class System:
    """A stack whose processes a test may break, and the test's ends of all that they talk to."""

    def __init__(self, stack: Stack, model: ScriptedModel, search: SearchEngine, spans: Spans) -> None:
        self.stack = stack
        self.model = model
        self.search = search
        self.spans = spans
        self.gateways = [Parley(gateway.url) for gateway in stack.gateways]

    @property
    def one(self) -> Parley:
        return self.gateways[0]

    @property
    def other(self) -> Parley:
        return self.gateways[1]

    async def sql(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        url = self.stack.database_url(service).replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def row(self, job: str) -> asyncpg.Record:
        """The job as its worker keeps it."""
        return (await self.sql("enhancer", "SELECT * FROM job WHERE id = $1", job))[0]

    async def holder(self, job: str) -> ServiceProcess | None:
        """The worker that has the job now."""
        owners = await self.sql("enhancer", "SELECT lease_owner FROM job WHERE id = $1", job)
        pid = int(owners[0]["lease_owner"].split(":")[1]) if owners and owners[0]["lease_owner"] else None
        return next((worker for worker in self.stack.workers if worker.process.pid == pid), None)

    async def held(self, job: str, gate: str) -> ServiceProcess:
        """The worker that runs the job, once its call is held at the gate."""
        assert (await self.model.gate(gate, waiting=1)).waiting == 1
        holder = await self.holder(job)
        assert holder
        return holder

    async def running(self) -> int:
        """How many slots are taken, in all workers."""
        return sum([await running(worker) for worker in self.stack.workers])

    async def idle(self) -> None:
        """Wait until no worker runs anything."""

        async def is_idle() -> bool:
            return await self.running() == 0

        await eventually(is_idle)

    async def heal(self) -> None:
        """Everything runs again."""
        for server in [*self.stack.servers, *self.stack.services]:
            if server.process.running:
                server.resume()
        await asyncio.gather(*(back(server) for server in self.stack.servers))
        await asyncio.gather(*(back(service) for service in self.stack.services))

    async def close(self) -> None:
        for gateway in self.gateways:
            await gateway.http.aclose()


async def running(worker: ServiceProcess) -> int:
    async with httpx.AsyncClient(base_url=worker.url, trust_env=False, verify=NO_TLS) as http:
        text = (await http.get("/metrics")).text
    return int(float(text.split("\nparley_worker_running ")[1].split()[0]))


async def back(server: Server) -> None:
    """Start it again, unless it runs; return when it is ready either way."""
    if not server.process.running:
        await server.start()
        return

    async def is_ready() -> bool:
        return await _answers(server)

    await eventually(is_ready)


async def _answers(server: Server) -> bool:
    try:
        return await server.ready()
    except (OSError, EOFError, httpx.TransportError):
        return False


class Embedded(Server):
    """All of Parley in one process, on the data in `folder`."""

    name = "parley"

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        super().__init__(folder)
        address = {"HOST": self.host, "PORT": str(self.port), "PARLEY_DATA": str(folder / "data")}
        self.process = Process(
            self.name,
            [sys.executable, "-m", "parley_standalone.embedded"],
            log=folder / "parley.log",
            env={"PATH": os.environ["PATH"], **env, **address},
            folder=folder,
        )

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def prepare(self) -> None:
        """Everything it needs it makes itself."""

    async def ready(self) -> bool:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, verify=NO_TLS) as http:
            return (await http.get("/health/ready")).is_success


@asynccontextmanager
async def embedded(folder: Path, **env: str) -> AsyncIterator[tuple[Embedded, Parley]]:
    """A running embedded system and a client of it."""
    async with Embedded(folder, QUICK | env) as server, Parley(server.url) as client:
        yield server, client
