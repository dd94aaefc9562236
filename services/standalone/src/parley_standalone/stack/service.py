"""One process of one Parley service."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from parley_standalone.servers import NO_TLS, Process, Server
from parley_standalone.servers.ports import LOOPBACK


@dataclass(frozen=True)
class Service:
    """What the stack must know of a service: `python -m <module>` starts it."""

    name: str
    module: str


GATEWAY = Service("gateway", "parley_gateway")
WORKERS = (
    Service("enhancer", "parley_enhancer"),
    Service("research", "parley_research"),
    Service("ingest", "parley_ingest"),
    Service("chat", "parley_chat"),
)
SERVICES = (GATEWAY, *WORKERS)
# Those that search passages; without them the stack needs no vector server.
WITH_VECTORS = frozenset({"ingest", "chat"})


class ServiceProcess(Server):
    """A running service, to be stopped, killed, paused and started again like any server; see `url` for its HTTP."""

    def __init__(
        self,
        service: Service,
        number: int,
        folder: Path,
        env: Mapping[str, str],
        *,
        host: str = LOOPBACK,
        port: int | None = None,
    ) -> None:
        super().__init__(folder, host=host, port=port)
        self.service = service
        self.name = f"{service.name}-{number}"
        address = {"HOST": self.host, "PORT": str(self.port), "PARLEY_PROBE_PORT": str(self.port)}
        self.process = Process(
            self.name,
            [sys.executable, "-m", service.module],
            log=self.folder / f"{self.name}.log",
            env={**os.environ, **env, **address, "PARLEY_DATA": str(self.folder / "data")},
        )

    @property
    def url(self) -> str:
        """Its address for a client on this machine."""
        host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104 - read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    async def prepare(self) -> None:
        (self.folder / "data").mkdir(exist_ok=True)

    async def ready(self) -> bool:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=5, verify=NO_TLS) as client:
            return (await client.get("/health/ready")).is_success
