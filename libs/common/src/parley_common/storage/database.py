"""One service's database: an engine, its migrations, and transactions whose messages leave after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Connection, NullPool, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from parley_common.bus.message import Outgoing
from parley_common.settings import Settings
from parley_common.storage import outbox
from parley_common.storage.errors import translated
from parley_common.storage.migrate import upgrade
from parley_common.storage.transaction import Transaction

WRITE = {"parley_write": True}
# A process that freezes in a transaction would keep its rows locked, and other workers from taking over its jobs.
FROZEN = "5s"


class Database:
    """SQL for one service: `<PARLEY_DATA>/<service>.db`, or the schema named after the service in PostgreSQL.

    A message that this process has not published `hand_over` after its commit is any other's to publish.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        service: str,
        migrations: Sequence[str],
        hand_over: timedelta = timedelta(seconds=5),
    ) -> None:
        self.engine = engine
        self.hand_over = hand_over
        self.service = service
        self.dialect: Literal["postgresql", "sqlite"] = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        self.on_commit: Callable[[Sequence[Outgoing]], None] | None = None
        # A read needs no BEGIN and no ROLLBACK around it; SQLite has no server to ask twice.
        self._reading = engine if self.dialect == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._migrations = migrations
        self._writing = asyncio.Lock() if self.dialect == "sqlite" else nullcontext()

    @classmethod
    def open(cls, settings: Settings, service: str, *migrations: str) -> Database:
        """Open without connecting; `migrations` are the packages that hold `versions/`."""
        hand_over = timedelta(seconds=settings.outbox_hand_over)
        return cls(make_engine(settings, service), service=service, migrations=migrations, hand_over=hand_over)

    async def upgrade(self) -> None:
        """Bring the schema to its newest version; safe when several processes start at once."""
        async with self.engine.connect() as plain:
            connection = await plain.execution_options(**WRITE)
            async with connection.begin():
                await connection.run_sync(upgrade, self.service, self._migrations)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading, each statement as of its own moment. Raises `DatabaseUnavailable`."""
        with translated():
            async with self._reading.connect() as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits at the end, with the messages sent, and hands those to the relay; rolls back on any error.

        Raises `DatabaseUnavailable`; the commit may then have happened or not.
        """
        with translated():
            async with self._writing, self.engine.connect() as plain:
                connection = await plain.execution_options(**WRITE)
                async with connection.begin():
                    transaction = Transaction(connection)
                    yield transaction
                    if transaction.messages:
                        await outbox.insert(connection, transaction.messages, hand_over=self.hand_over)
        self.committed(transaction.messages)

    def committed(self, messages: Sequence[Outgoing]) -> None:
        """Hand these messages, whose rows are committed, to the relay of this process."""
        if messages and self.on_commit:
            self.on_commit(messages)

    async def close(self) -> None:
        await self.engine.dispose()


def make_engine(settings: Settings, service: str, *, pooled: bool = True) -> AsyncEngine:
    """An engine for one service; `pooled=False` for a second event loop, which must not share connections."""
    pool: dict[str, Any] = {"pool_size": settings.pool_size, "max_overflow": 0} if pooled else {"poolclass": NullPool}
    if settings.database_url:
        url = make_url(settings.database_url.get_secret_value())
        session = {
            "search_path": service,
            "application_name": f"parley-{service}",
            "idle_in_transaction_session_timeout": FROZEN,
        }
        return create_async_engine(
            url.set(drivername="postgresql+asyncpg"), connect_args={"server_settings": session}, **pool
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(f"sqlite+aiosqlite:///{settings.data / service}.db", **pool)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin too late for IMMEDIATE
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("parley_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
