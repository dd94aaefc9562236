"""The transactional outbox: messages are rows until the broker has confirmed them.

A row is born due a little later (`hand_over`), because the process that wrote it publishes it right after its
commit; any relay takes rows that are past due. That is sooner than a lease runs out: what a dead worker said of a job
goes out before another one says more. See "Transactional outbox", microservices.io.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    column,
    delete,
    select,
    table,
    update,
)
from sqlalchemy import insert as sql_insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeEngine

from parley_common.bus.message import Outgoing
from parley_common.storage.at_once import AtOnce, Rows
from parley_common.storage.columns import Json, Utc

COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "exchange": String(64),
    "key": String(128),
    "body": LargeBinary(),
    "headers": Json(),
}
_outbox = table("outbox", *(column(name, kind) for name, kind in COLUMNS.items()), column("due_at", Utc()))

_INSERT = sql_insert(_outbox)
# One statement for any number of ids: a list of another length would be another statement, planned anew.
_DELETE = delete(_outbox).where(_outbox.c.id == bindparam("gone"))
_GONE = Rows("gone", {"id": Uuid()})
_DELETE_AT_ONCE = AtOnce(delete(_outbox).where(_outbox.c.id.in_(select(_GONE.table.c.id))), _GONE)


def outbox_table(metadata: MetaData) -> Table:
    """The outbox as a table of a service's own metadata."""
    columns = (Column(name, kind, primary_key=name == "id", nullable=False) for name, kind in COLUMNS.items())
    return Table(
        "outbox", metadata, *columns, Column("due_at", Utc(), nullable=False), Index("outbox_due_at", "due_at")
    )


async def insert(connection: AsyncConnection, messages: Sequence[Outgoing], *, hand_over: timedelta) -> None:
    due_at = datetime.now(UTC) + hand_over
    await connection.execute(_INSERT, [row(message, due_at) for message in messages])


async def take_due(connection: AsyncConnection, *, limit: int, hand_over: timedelta) -> list[Outgoing]:
    """Take messages that nobody published in time; no other relay gets them for `hand_over`."""
    now = datetime.now(UTC)
    due = (
        select(_outbox.c.id)
        .where(_outbox.c.due_at <= now)
        .order_by(_outbox.c.due_at, _outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await connection.execute(
        update(_outbox)
        .where(_outbox.c.id.in_(due.scalar_subquery()))
        .values(due_at=now + hand_over)
        .returning(*(_outbox.c[name] for name in COLUMNS))
    )
    return [Outgoing(r.exchange, r.key, r.body, r.headers, id=r.id) for r in sorted(rows, key=lambda r: r.id)]


async def remove(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    await connection.execute(_DELETE, [{"gone": id} for id in ids])


async def remove_at_once(engine: AsyncEngine, ids: Sequence[UUID]) -> None:
    """The same where the database is PostgreSQL, committed."""
    await _DELETE_AT_ONCE.fetch(engine, [{"id": id} for id in ids])


def is_due(message: Outgoing) -> bool:
    return message.available_at is None or message.available_at <= datetime.now(UTC)


def row(message: Outgoing, due_at: datetime) -> dict[str, Any]:
    """The row of a message that other processes may send from `due_at` on, if it is not to be sent later anyway."""
    return {
        "id": message.id,
        "exchange": message.exchange,
        "key": message.key,
        "body": message.body,
        "headers": message.headers,
        "due_at": due_at if is_due(message) else message.available_at,
    }
