"""Notifications still to be sent, and for a while those that were, or were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Integer, Row, String, Table, Text, Uuid, delete, select, update

from parley_common.storage.columns import Utc
from parley_common.storage.dialect import insert
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import metadata

LEASE = timedelta(seconds=90)
KEPT = timedelta(days=7)

notification = Table(
    "notification",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("job", Uuid(), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("target", Text, nullable=False),
    Column("type", String(64), nullable=False),
    Column("happened_at", Utc(), nullable=False),
    Column("attempts", Integer, nullable=False),
    # When it is tried next; none once it was sent or given up.
    Column("due_at", Utc()),
    Column("ended_at", Utc()),
    Column("problem", Text),
    Index("notification_due_at", "due_at"),
    Index("notification_ended_at", "ended_at"),
)


async def add(transaction: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Add notifications that are due now; those that are there already stay as they are."""
    values = [{**row, "attempts": 0, "due_at": datetime.now(UTC)} for row in rows]
    await transaction.execute(insert(transaction, notification).values(values).on_conflict_do_nothing())


async def take_due(transaction: Transaction, *, limit: int) -> Sequence[Row[Any]]:
    """Take what is due: nobody else gets it for `LEASE`, and `attempts` tells this attempt from later ones."""
    now = datetime.now(UTC)
    due = (
        select(notification.c.id)
        .where(notification.c.due_at <= now)
        .order_by(notification.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await transaction.execute(
        update(notification)
        .where(notification.c.id.in_(due.scalar_subquery()))
        .values(due_at=now + LEASE, attempts=notification.c.attempts + 1)
        .returning(notification)
    )
    return taken.all()


async def end(transaction: Transaction, identity: UUID, *, attempt: int, problem: str | None) -> None:
    """It was sent, or given up for `problem`; nothing happens if another attempt has begun since."""
    values = {"due_at": None, "ended_at": datetime.now(UTC), "problem": problem}
    await transaction.execute(update(notification).where(_is(identity, attempt)).values(values))


async def postpone(transaction: Transaction, identity: UUID, *, attempt: int, until: datetime, problem: str) -> None:
    await transaction.execute(update(notification).where(_is(identity, attempt)).values(due_at=until, problem=problem))


async def purge(transaction: Transaction) -> None:
    """Forget what ended longer than `KEPT` ago."""
    await transaction.execute(delete(notification).where(notification.c.ended_at <= datetime.now(UTC) - KEPT))


def _is(identity: UUID, attempt: int) -> Any:
    return (notification.c.id == identity) & (notification.c.attempts == attempt) & notification.c.due_at.is_not(None)
