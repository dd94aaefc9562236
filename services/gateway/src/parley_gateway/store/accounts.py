"""Accounts: a user name and the hash of a password."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, String, Table, select

from parley_common.errors import Conflict
from parley_common.storage.columns import Utc
from parley_common.storage.database import Database
from parley_common.storage.dialect import insert
from parley_gateway.store.tables import metadata

account = Table(
    "account",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("password_hash", String(256), nullable=False),
    Column("created_at", Utc(), nullable=False),
)


class UserTaken(Conflict):
    """Somebody has this name already."""

    code = "user_taken"


async def add(database: Database, user: str, *, password_hash: str) -> None:
    """Create an account; raises `UserTaken`."""
    values = {"user": user, "password_hash": password_hash, "created_at": datetime.now(UTC)}
    async with database.transaction() as transaction:
        added = await transaction.execute(insert(transaction, account).values(values).on_conflict_do_nothing())
        if added.rowcount == 0:
            raise UserTaken(f"The user name {user!r} is taken.")


async def password_hash_of(database: Database, user: str) -> str | None:
    async with database.read() as connection:
        found: str | None = await connection.scalar(select(account.c.password_hash).where(account.c.user == user))
    return found
