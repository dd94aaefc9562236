"""The ledger in SQLite: a group is one transaction, its pieces written one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from parley_common.runtime.ledger import Claim, Stored, Write
from parley_common.runtime.tables import job, question, step
from parley_common.storage.database import Database
from parley_common.storage.group import GroupCommit
from parley_common.storage.transaction import Transaction

FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}

# Built once: what is set comes from the parameters' names, and no statement is compiled for a write.
_CLAIM = insert(job).on_conflict_do_nothing()
_WRITE = update(job).where(
    job.c.id == bindparam("run"),
    job.c.fence == bindparam("held"),
    job.c.status == bindparam("was"),
    job.c.last_seq == bindparam("behind"),
)
_STEP = insert(step)
_STEP = _STEP.on_conflict_do_update(set_={column.name: _STEP.excluded[column.name] for column in step.c})
_QUESTION = insert(question)
_ANSWER = update(question).where(question.c.id == bindparam("settled"))


class SqliteLedger:
    """`Ledger` by plain statements; SQLite has one writer at a time anyway."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims: GroupCommit[Claim, bool] = GroupCommit(self._claim)
        self._writes: GroupCommit[Write, bool] = GroupCommit(self._write)

    async def read(self, job_id: UUID) -> Stored | None:
        # `read` begins a transaction, so that all is of one moment.
        async with self._database.read() as connection:
            found = (await connection.execute(select(job).where(job.c.id == job_id))).first()
            if found is None:
                return None
            steps = await connection.execute(select(step).where(step.c.job == job_id))
            questions = await connection.execute(select(question).where(question.c.job == job_id))
            return Stored(dict(found._mapping), steps.all(), questions.all())

    async def claim(self, claim: Claim) -> bool:
        return await self._claims.add(claim)

    async def write(self, write: Write) -> bool:
        return await self._writes.add(write)

    async def _claim(self, claims: Sequence[Claim]) -> list[bool]:
        async with self._database.transaction() as transaction:
            return [await _claimed(transaction, claim) for claim in claims]

    async def _write(self, writes: Sequence[Write]) -> list[bool]:
        async with self._database.transaction() as transaction:
            return [await _written(transaction, write) for write in writes]


async def _claimed(transaction: Transaction, claim: Claim) -> bool:
    if not (await transaction.execute(_CLAIM, claim.job)).rowcount:
        return False
    transaction.send(*claim.messages)
    return True


async def _written(transaction: Transaction, write: Write) -> bool:
    guard = {"run": write.run, "held": write.fence, "behind": write.seq, "was": write.was}
    freed = FREE if "status" in write.job else {}
    if not (await transaction.execute(_WRITE, freed | write.job | guard)).rowcount:
        return False
    if write.step:
        await transaction.execute(_STEP, write.step)
    if write.question:
        await transaction.execute(_QUESTION, write.question)
    if write.answer:
        await transaction.execute(_ANSWER, {"settled" if name == "id" else name: v for name, v in write.answer.items()})
    transaction.send(*write.messages)
    return True
