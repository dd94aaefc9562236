"""What PostgreSQL and SQLite say differently."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Uuid, any_, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from parley_common.storage.transaction import Transaction


def insert(transaction: Transaction, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that knows `on_conflict_do_nothing`."""
    return postgresql.insert(table) if _is_postgresql(transaction) else sqlite.insert(table)


def among(transaction: Transaction, column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`column` is one of `ids`: one statement whatever their number, where the database has arrays."""
    if not _is_postgresql(transaction):
        return column.in_(ids)
    return column == any_(bindparam(None, list(ids), type_=postgresql.ARRAY(Uuid())))


def _is_postgresql(transaction: Transaction) -> bool:
    return transaction.connection.dialect.name == "postgresql"
