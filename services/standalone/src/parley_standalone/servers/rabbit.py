"""A private RabbitMQ node with its own Erlang port mapper, cookie and management UI."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

import httpx

from parley_standalone.servers.ports import free_port
from parley_standalone.servers.process import Process
from parley_standalone.servers.server import NO_TLS, Server, find_program, kept_password, write_private

USER = "parley"
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
METHOD_FRAME = b"\x01"
CONFIG = """\
listeners.tcp.1 = {host}:{port}
management.tcp.ip = {host}
management.tcp.port = {management_port}
default_user = {user}
default_pass = {password}
default_user_tags.administrator = true
log.console = false
log.file.level = info
raft.wal_max_size_bytes = 64000000
"""


class RabbitServer(Server):
    """Every name, port and folder is its own, so it neither meets nor disturbs a broker of the machine."""

    name = "rabbitmq"

    def __init__(self, folder: Path, *, port: int | None = None, management_port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self.password = kept_password(self.folder)
        self.management_port = management_port or free_port()
        self._epmd_port, distribution_port = free_port(), free_port()
        path = [Path("/usr/lib/rabbitmq/bin"), *map(Path, os.get_exec_path())]
        env = self._environment(distribution_port)
        # The node registers with a port mapper of its own; without one it would start a daemon that stays behind.
        self._epmd = Process(
            "epmd",
            [find_program("epmd", "rabbitmq-server", path), "-address", self.host, "-port", str(self._epmd_port)],
            log=self.folder / "epmd.log",
        )
        self.process = Process(
            self.name,
            [find_program("rabbitmq-server", "rabbitmq-server", path)],
            log=self.folder / "startup.log",
            env=env,
            folder=Path("/"),
        )

    @property
    def user(self) -> str:
        return USER

    @property
    def url(self) -> str:
        return self.amqp_url()

    @property
    def management_url(self) -> str:
        return f"http://{self.host}:{self.management_port}"

    @property
    def pids(self) -> list[int]:
        return super().pids + ([self._epmd.pid] if self._epmd.running else [])

    def amqp_url(self, vhost: str = "/") -> str:
        return f"amqp://{USER}:{self.password}@{self.host}:{self.port}/{quote(vhost, safe='') if vhost != '/' else ''}"

    def management(self) -> httpx.AsyncClient:
        """A client of the management API, logged in."""
        return httpx.AsyncClient(
            base_url=f"{self.management_url}/api", auth=(USER, self.password), trust_env=False, verify=NO_TLS
        )

    async def create_vhost(self, name: str) -> str:
        """An empty virtual host, for tests that want one of their own; returns its AMQP URL."""
        vhost = quote(name, safe="")
        async with self.management() as api:
            (await api.put(f"/vhosts/{vhost}")).raise_for_status()
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            (await api.put(f"/permissions/{vhost}/{USER}", json=everything)).raise_for_status()
        return self.amqp_url(name)

    async def delete_vhost(self, name: str) -> None:
        async with self.management() as api:
            (await api.delete(f"/vhosts/{quote(name, safe='')}")).raise_for_status()

    async def stop(self) -> None:
        await super().stop()
        await self._epmd.stop()

    async def kill(self) -> None:
        await super().kill()
        await self._epmd.kill()

    async def prepare(self) -> None:
        (self.folder / "schema").mkdir(exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, self.password)
            cookie.chmod(0o400)
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        write_private(
            self.folder / "rabbitmq.conf",
            CONFIG.format(
                host=self.host,
                port=self.port,
                management_port=self.management_port,
                user=USER,
                password=self.password,
            ),
        )
        await self._epmd.start()

    async def ready(self) -> bool:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(AMQP_GREETING)
            if await reader.read(1) != METHOD_FRAME:
                return False
        finally:
            writer.close()
            await writer.wait_closed()
        async with self.management() as api:
            return (await api.get("/whoami")).is_success

    def _environment(self, distribution_port: int) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
        return inherited | {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": self.host,
            "RABBITMQ_NODENAME": "parley@localhost",
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "config"),
            "RABBITMQ_SCHEMA_DIR": str(self.folder / "schema"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_LOGS": str(self.folder / "rabbitmq.log"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            # With input allowed the start script becomes the node instead of watching over it: one process, one pid.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        }
