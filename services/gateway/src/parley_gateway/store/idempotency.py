"""What was answered to which idempotency key, per owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Column, Index, Integer, Row, String, Table, delete, select, update

from parley_common.storage.columns import Json, Utc
from parley_common.storage.dialect import insert
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", Json()),
    Column("body", Json()),
    Column("expires_at", Utc(), nullable=False),
    Index("idempotency_expires_at", "expires_at"),
)


async def claim(transaction: Transaction, owner: str, *, key: str, fingerprint: str, lapse: timedelta) -> bool:
    """Take the key unless it is taken; a transaction that is taking it right now is waited for."""
    now = datetime.now(UTC)
    values = {"fingerprint": fingerprint, "status": None, "headers": None, "body": None, "expires_at": now + lapse}
    statement = insert(transaction, idempotency).values(owner=owner, key=key, **values)
    claimed = await transaction.execute(
        statement.on_conflict_do_update(
            index_elements=["owner", "key"], set_=values, where=idempotency.c.expires_at <= now
        )
    )
    return bool(claimed.rowcount)


async def find(transaction: Transaction, owner: str, *, key: str) -> Row[Any]:
    found = await transaction.execute(select(idempotency).where(_is(owner, key)))
    return found.one()


async def answer(
    transaction: Transaction,
    owner: str,
    *,
    key: str,
    status: int,
    headers: dict[str, str],
    body: JsonValue,
    keep: timedelta,
) -> None:
    values = {"status": status, "headers": headers, "body": body, "expires_at": datetime.now(UTC) + keep}
    await transaction.execute(update(idempotency).where(_is(owner, key)).values(values))


async def purge(transaction: Transaction) -> int:
    """Forget what has expired; returns how many keys that were."""
    gone = await transaction.execute(delete(idempotency).where(idempotency.c.expires_at <= datetime.now(UTC)))
    return gone.rowcount


def _is(owner: str, key: str) -> Any:
    return (idempotency.c.owner == owner) & (idempotency.c.key == key)
