"""A private vector server: the engine of Qdrant, served by one process of our own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx

from parley_standalone.servers.process import Process
from parley_standalone.servers.server import NO_TLS, Server, kept_password


class VectorServer(Server):
    """Speaks the part of Qdrant's API that Parley uses; what it has acknowledged outlives a kill."""

    name = "vectors"

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self.key = kept_password(self.folder)
        settings = {
            "PARLEY_DATA": str(self.folder),
            "PARLEY_EDGE_HOST": self.host,
            "PARLEY_EDGE_PORT": str(self.port),
            "QDRANT_API_KEY": self.key,
        }
        self.process = Process(
            self.name,
            [sys.executable, "-m", "parley_common.vectors.edge"],
            log=self.folder / "vectors.log",
            env={**os.environ, **settings},
        )

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def prepare(self) -> None:
        """Nothing to prepare: it makes its folder itself."""

    async def ready(self) -> bool:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=5, verify=NO_TLS) as client:
            return (await client.get("/readyz")).is_success
