"""Turns in the service's own database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    Uuid,
    delete,
    exists,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError

from parley_chat.domain.passages import Turn
from parley_common.contracts.jobs import FINAL
from parley_common.errors import RetryableError
from parley_common.runtime.tables import job, step
from parley_common.storage.columns import Utc
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction

MIGRATIONS = "parley_chat.migrations"
AT_ONCE = 500
metadata = MetaData()

turn = Table(
    "turn",
    metadata,
    Column("job", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("conversation", Uuid(), nullable=False),
    # Two questions at once may be answered in another order than they were asked in: this is that of the answers.
    Column("number", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", Utc(), nullable=False),
    Index("turn_conversation", "conversation", "number", unique=True),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("conversation", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("forgotten_at", Utc(), nullable=False),
)


class Crowded(RetryableError):
    """Another turn of the conversation was stored in the same moment."""

    code = "conversation_busy"


class SqlTurns:
    """`Turns` in SQL. The ids of jobs grow with time, so they order what was asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, owner: str, conversation: UUID, job: UUID, *, limit: int) -> list[Turn]:
        statement = select(turn).where(*_of(owner, conversation), turn.c.job < job)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement.order_by(turn.c.job.desc()).limit(limit))).all()
        return [_turn(row) for row in reversed(rows)]

    async def keep(self, owner: str, conversation: UUID, *, job: UUID, question: str, answer: str) -> Turn | None:
        try:
            async with self._database.transaction() as transaction:
                if await _forgotten(transaction, owner, conversation):
                    return None
                if (known := (await transaction.execute(select(turn).where(turn.c.job == job))).first()) is None:
                    row = {"job": job, "owner": owner, "conversation": conversation}
                    # PostgreSQL keeps no NUL, and a model may write one.
                    row |= {"question": question, "answer": answer.replace("\0", ""), "created_at": datetime.now(UTC)}
                    row["number"] = await _next(transaction, conversation)
                    await transaction.execute(insert(turn).values(row))
                    known = (await transaction.execute(select(turn).where(turn.c.job == job))).one()
        except IntegrityError as error:
            raise Crowded("another turn of the conversation was stored in the same moment") from error
        return _turn(known)

    async def is_forgotten(self, owner: str, conversation: UUID) -> bool:
        async with self._database.transaction() as transaction:
            return await _forgotten(transaction, owner, conversation)

    async def forget(self, owner: str, conversation: UUID) -> int:
        async with self._database.transaction() as transaction:
            gone = await transaction.execute(delete(turn).where(*_of(owner, conversation)))
            await _forget_journals(transaction, owner, conversation)
            if not await _forgotten(transaction, owner, conversation):
                row = {"conversation": conversation, "owner": owner, "forgotten_at": datetime.now(UTC)}
                await transaction.execute(insert(forgotten).values(row))
        return gone.rowcount


def _of(owner: str, conversation: UUID) -> tuple[Any, ...]:
    return turn.c.owner == owner, turn.c.conversation == conversation


async def _forgotten(transaction: Transaction, owner: str, conversation: UUID) -> bool:
    found = exists().where(forgotten.c.conversation == conversation, forgotten.c.owner == owner)
    return bool(await transaction.connection.scalar(select(found)))


async def _forget_journals(transaction: Transaction, owner: str, conversation: UUID) -> None:
    """What the runtime keeps of jobs that have ended: questions, answers, and what was found for them."""
    in_it = type_coerce(job.c.input, Text).contains(f'"{conversation}"')
    ended = select(job.c.id).where(job.c.kind == "chat", job.c.owner == owner, job.c.status.in_(FINAL), in_it)
    jobs = list(await transaction.connection.scalars(ended))
    for start in range(0, len(jobs), AT_ONCE):
        some = jobs[start : start + AT_ONCE]
        await transaction.execute(delete(step).where(step.c.job.in_(some)))
        await transaction.execute(update(job).where(job.c.id.in_(some)).values(input=None, result=None, partial=None))


async def _next(transaction: Transaction, conversation: UUID) -> int:
    last = select(func.coalesce(func.max(turn.c.number), 0)).where(turn.c.conversation == conversation)
    return int(await transaction.connection.scalar(last) or 0) + 1


def _turn(row: Row[Any]) -> Turn:
    return Turn(job=row.job, number=row.number, question=row.question, answer=row.answer)
