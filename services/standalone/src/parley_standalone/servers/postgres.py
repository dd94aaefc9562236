"""A private PostgreSQL server with a role and a schema per service."""

from __future__ import annotations

import os
import pwd
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from parley_standalone.servers.process import Process
from parley_standalone.servers.server import Server, ServerError, find_program, kept_password, write_private

ADMIN = "parley_admin"
DATABASE = "parley"
END_OTHERS = """\
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"""
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"


class PostgresServer(Server):
    """Listens on loopback only, with passwords. `durable=False` skips fsync: it survives kill -9 but not power loss."""

    name = "postgres"

    def __init__(
        self, folder: Path, *, port: int | None = None, services: Sequence[str] = (), durable: bool = True
    ) -> None:
        super().__init__(folder, port=port)
        self.password = kept_password(self.folder)
        self.services = tuple(services)
        self.durable = durable
        self._data = self.folder / "data"
        self._programs = find_program("initdb", "postgresql", _program_folders()).parent
        self._privileges = _unprivileged(self.folder)
        self.process = Process(
            self.name,
            [self._programs / "postgres", "-D", self._data],
            log=self.folder / "postgres.log",
            folder=Path("/"),
            privileges=self._privileges,
            death_signal="QUIT",
            stop_signal=signal.SIGINT,  # "fast shutdown": ends the sessions of clients instead of waiting for them
        )

    def database_url(self, service: str, database: str = DATABASE) -> str:
        return f"postgresql+asyncpg://{service}:{self.password}@{self.host}:{self.port}/{database}"

    async def create_database(self, name: str) -> None:
        """A further empty database with every service's schema, for tests that want one of their own."""
        async with self._connect(DATABASE) as connection:
            await connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        await self._create_schemas(name)

    async def empty_database(self, name: str) -> None:
        """Leave nothing in it but each service's empty schema, and end who is still connected to it."""
        async with self._connect(name) as connection:
            await connection.exec_driver_sql(END_OTHERS)
            for schema in await connection.scalars(text(SCHEMAS)):
                await connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        await self._create_schemas(name)

    async def start(self, timeout: float = 90) -> None:
        await super().start(timeout)
        await self._create_roles()
        await self._create_schemas(DATABASE)

    async def prepare(self) -> None:
        if not (self._data / "PG_VERSION").exists():
            await self._initialise()
        settings = {
            "listen_addresses": self.host,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        (self._data / "postgresql.auto.conf").write_text("".join(f"{k} = '{v}'\n" for k, v in settings.items()))

    async def ready(self) -> bool:
        try:
            async with self._connect("template1"):
                return True
        except DBAPIError:
            return False

    async def _initialise(self) -> None:
        self._data.mkdir(exist_ok=True)
        secret = self.folder / "initdb.password"
        write_private(secret, self.password)
        if os.getuid() == 0:
            owner = _owner()
            for path in (self._data, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        command = (self._programs / "initdb", "-D", self._data, "-U", ADMIN, "--pwfile", secret)
        options = ("-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        initdb = Process(
            "initdb", (*command, *options), log=self.process.log, folder=Path("/"), privileges=self._privileges
        )
        await initdb.start()
        code = await initdb.wait()
        secret.unlink()
        if code:
            raise ServerError(f"initdb ended with {code}\n{initdb.tail()}")

    async def _create_roles(self) -> None:
        async with self._connect("template1") as connection:
            known = set(await connection.scalars(text("SELECT rolname FROM pg_roles")))
            for service in self.services:
                if service not in known:
                    await connection.exec_driver_sql(f"CREATE ROLE {service} LOGIN PASSWORD '{self.password}'")
                    await connection.exec_driver_sql(f"ALTER ROLE {service} SET search_path = {service}")
            if DATABASE not in await connection.scalars(text("SELECT datname FROM pg_database")):
                await connection.exec_driver_sql(f"CREATE DATABASE {DATABASE} TEMPLATE template0")

    async def _create_schemas(self, database: str) -> None:
        async with self._connect(database) as connection:
            for service in self.services:
                await connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {service}")

    @asynccontextmanager
    async def _connect(self, database: str) -> AsyncIterator[AsyncConnection]:
        url = self.database_url(ADMIN, database)
        engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()


def _program_folders() -> list[Path]:
    """Debian keeps each version's programs in a folder of its own, outside PATH: the newest first."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return [*versions, *map(Path, os.get_exec_path())]


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: options that drop to another user, who must still reach `folder`."""
    if os.getuid() != 0:
        return []
    owner = _owner()
    options = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    reachable = all(path.stat().st_mode & 0o001 for path in folder.parents)
    # A folder below a private one, such as root's home, is reached with this one capability instead of a wider mode.
    return options if reachable else [*options, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
