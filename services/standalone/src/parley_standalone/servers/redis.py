"""A private Redis server."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from parley_standalone.servers.process import Process
from parley_standalone.servers.server import Server, find_program, kept_password, write_private

CONFIG = """\
bind {host}
port {port}
dir "{folder}"
requirepass {password}
appendonly yes
appendfsync everysec
save ""
"""


class RedisServer(Server):
    """Keeps an append-only file, so a restart has the keys of before the stop."""

    name = "redis"

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self.password = kept_password(self.folder)
        program = find_program("redis-server", "redis-server", map(Path, os.get_exec_path()))
        self._config = self.folder / "redis.conf"
        self.process = Process(self.name, [program, self._config], log=self.folder / "redis.log")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    async def prepare(self) -> None:
        text = CONFIG.format(host=self.host, port=self.port, folder=self.folder, password=self.password)
        write_private(self._config, text)

    async def ready(self) -> bool:
        return await self._command("PING") == b"+PONG"

    async def clear(self) -> None:
        """Delete every key."""
        await self._command("FLUSHALL")

    async def _command(self, command: str) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(f"AUTH {self.password}\r\n{command}\r\n".encode())
            await reader.readline()
            return (await reader.readline()).strip()
        finally:
            writer.close()
            await writer.wait_closed()
