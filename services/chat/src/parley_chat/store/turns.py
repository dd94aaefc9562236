"""Turns in the service's own database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from parley_chat.domain.passages import Ended, Past, Summary, Turn
from parley_chat.store import endings
from parley_chat.store.tables import forgotten, summary, turn
from parley_common.errors import RetryableError
from parley_common.storage.database import Database
from parley_common.storage.dialect import insert as insert_once
from parley_common.storage.transaction import Transaction

MIGRATIONS = "parley_chat.store.migrations"
AT_ONCE = 100


class Crowded(RetryableError):
    """Another turn of the conversation was stored in the same moment."""

    code = "conversation_busy"


class SqlTurns:
    """`Turns` in SQL. The ids of jobs grow with time, so they order what was asked."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def begin(self, owner: str, conversation: UUID, job: UUID, *, limit: int) -> Past:
        stopped = await self._begin(owner, conversation, job)
        for each in stopped:
            await self.left_by(each)
        async with self.database.read() as connection:
            summed = (await connection.execute(select(summary).where(*_of(summary, owner, conversation)))).first()
        after = summed.upto if summed else None
        turns = await self.before(owner, conversation, job, limit=limit, after=after)
        return Past(summary=Summary(text=summed.text, upto=summed.upto) if summed else None, turns=turns)

    async def before(
        self, owner: str, conversation: UUID, job: UUID, *, limit: int, after: UUID | None = None
    ) -> list[Turn]:
        statement = select(turn).where(*_of(turn, owner, conversation), turn.c.job < job)
        if after:
            statement = statement.where(turn.c.job > after)
        async with self.database.read() as connection:
            rows = (await connection.execute(statement.order_by(turn.c.job.desc()).limit(limit))).all()
        return [_turn(row) for row in reversed(rows)]

    async def keep(
        self, owner: str, conversation: UUID, *, job: UUID, question: str, answer: str, stopped: bool = False
    ) -> Turn | None:
        row = {"job": job, "owner": owner, "conversation": conversation, "question": question, "stopped": stopped}
        # PostgreSQL keeps no NUL, and a model may write one.
        row |= {"answer": answer.replace("\0", ""), "created_at": datetime.now(UTC)}
        try:
            async with self.database.transaction() as transaction:
                if await _forgotten(transaction, owner, conversation):
                    return None
                if (known := (await transaction.execute(select(turn).where(turn.c.job == job))).first()) is None:
                    row["number"] = await _next(transaction, conversation)
                    await transaction.execute(insert(turn).values(row))
                    known = (await transaction.execute(select(turn).where(turn.c.job == job))).one()
        except IntegrityError as error:
            raise Crowded("another turn of the conversation was stored in the same moment") from error
        return _turn(known)

    async def left_by(self, ended: Ended) -> Turn | None:
        if ended.partial:
            return await self.keep(
                ended.owner, ended.conversation, job=ended.job, question=ended.query, answer=ended.partial, stopped=True
            )
        async with self.database.read() as connection:
            mine = turn.c.job == ended.job, turn.c.owner == ended.owner
            row = (await connection.execute(select(turn).where(*mine))).first()
        return _turn(row) if row else None

    async def keep_summary(self, owner: str, conversation: UUID, made: Summary) -> None:
        row = {"conversation": conversation, "owner": owner, "upto": made.upto, "text": made.text.replace("\0", "")}
        async with self.database.transaction() as transaction:
            if await _forgotten(transaction, owner, conversation):
                return
            once = insert_once(transaction, summary).values(row)
            newer = {"upto": once.excluded.upto, "text": once.excluded.text}
            farther = (summary.c.upto < once.excluded.upto) & (summary.c.owner == owner)
            await transaction.execute(
                once.on_conflict_do_update(index_elements=[summary.c.conversation], set_=newer, where=farther)
            )

    async def is_forgotten(self, owner: str, conversation: UUID) -> bool:
        async with self.database.transaction() as transaction:
            return await _forgotten(transaction, owner, conversation)

    async def forget(self, owner: str, conversation: UUID) -> int:
        async with self.database.transaction() as transaction:
            gone = await transaction.execute(delete(turn).where(*_of(turn, owner, conversation)))
            await transaction.execute(delete(summary).where(*_of(summary, owner, conversation)))
            await endings.wipe(transaction, await endings.of_conversation(transaction, owner, conversation))
            if not await _forgotten(transaction, owner, conversation):
                row = {"conversation": conversation, "owner": owner, "forgotten_at": datetime.now(UTC)}
                await transaction.execute(insert(forgotten).values(row))
        return gone.rowcount

    async def ended(self, *, limit: int) -> Sequence[Ended]:
        async with self.database.transaction() as transaction:
            return await endings.ended(transaction, limit=limit)

    async def settle(self, ended: Ended) -> None:
        async with self.database.transaction() as transaction:
            if await _forgotten(transaction, ended.owner, ended.conversation):
                await endings.wipe(transaction, [ended.job])
            await endings.remove(transaction, ended.job)

    async def _begin(self, owner: str, conversation: UUID, job: UUID) -> Sequence[Ended]:
        """Note that this job answers here; the ones before it that were stopped."""
        async with self.database.transaction() as transaction:
            await endings.add(transaction, owner, conversation, job)
            return await endings.ended(transaction, conversation=conversation, limit=AT_ONCE)


def _of(table: Any, owner: str, conversation: UUID) -> tuple[Any, ...]:
    return table.c.owner == owner, table.c.conversation == conversation


async def _forgotten(transaction: Transaction, owner: str, conversation: UUID) -> bool:
    found = exists().where(*_of(forgotten, owner, conversation))
    return bool(await transaction.connection.scalar(select(found)))


async def _next(transaction: Transaction, conversation: UUID) -> int:
    last = select(func.coalesce(func.max(turn.c.number), 0)).where(turn.c.conversation == conversation)
    return int(await transaction.connection.scalar(last) or 0) + 1


def _turn(row: Row[Any]) -> Turn:
    return Turn(job=row.job, number=row.number, question=row.question, answer=row.answer, stopped=row.stopped)
