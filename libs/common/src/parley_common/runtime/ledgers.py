"""Which ledger goes with a database."""

from __future__ import annotations

from parley_common.runtime.ledger import Ledger
from parley_common.runtime.ledger_postgres import PostgresLedger
from parley_common.runtime.ledger_sqlite import SqliteLedger
from parley_common.storage.database import Database


def open_ledger(database: Database) -> Ledger:
    return PostgresLedger(database) if database.dialect == "postgresql" else SqliteLedger(database)
