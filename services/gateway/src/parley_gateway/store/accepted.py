"""New jobs, each with its first event and the messages that tell of it: stored together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parley_common.bus.message import Outgoing
from parley_common.storage import outbox
from parley_common.storage.at_once import insertion
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.frames import Frame
from parley_gateway.store import events, jobs, tables


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job's row, its first event, and the messages that leave with its commit."""

    row: dict[str, Any]
    accepted: Frame
    messages: Sequence[Outgoing]


_ADD = insertion(tables.job, tables.event, tables.outbox)


async def add(database: Database, new: Sequence[NewJob]) -> None:
    """Commit these jobs; raises what the database or its driver raises if it refuses one."""
    if database.dialect == "sqlite":
        async with database.transaction() as transaction:
            await add_to(transaction, new)
        return
    messages = _messages(new)
    sent = [outbox.row(message, database.due_at()) for message in messages]
    await _ADD.fetch(database.engine, [each.row for each in new], [events.row(each.accepted) for each in new], sent)
    database.committed(messages)


async def add_to(transaction: Transaction, new: Sequence[NewJob]) -> None:
    """Add these jobs to a transaction that does more than that."""
    await jobs.add(transaction, [each.row for each in new])
    await events.append(transaction, [each.accepted for each in new])
    transaction.send(*_messages(new))


def _messages(new: Sequence[NewJob]) -> list[Outgoing]:
    return [message for each in new for message in each.messages]
