"""Alembic, driven from code: every process upgrades its own schema when it starts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from zlib import crc32

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text


def upgrade(connection: Connection, service: str, migrations: Sequence[str]) -> None:
    """Run the missing migrations of these packages inside the caller's transaction.

    Each package is a line of its own, from a first revision without a predecessor to one head; no revision of one may
    bear the name of another's. Processes that start together queue up: on an advisory lock in PostgreSQL, on
    `BEGIN IMMEDIATE` in SQLite.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(service.encode())})
        _create_schema(connection, service)
    with ExitStack() as stack:
        folders = [stack.enter_context(resources.as_file(resources.files(package))) for package in migrations]
        _run(connection, folders)


def _run(connection: Connection, folders: Sequence[Path]) -> None:
    script = ScriptDirectory(str(folders[0]), version_locations=[str(folder / "versions") for folder in folders])

    def to_heads(revision: str, _: MigrationContext) -> list[object]:
        return list(script._upgrade_revs("heads", revision))

    with EnvironmentContext(Config(), script, fn=to_heads) as environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()


def _create_schema(connection: Connection, service: str) -> None:
    """Create the service's schema unless someone who may has done so: `CREATE SCHEMA` needs a right of its own."""
    exists = connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": service}).first()
    if not exists:
        connection.execute(text(f'CREATE SCHEMA "{service}"'))
