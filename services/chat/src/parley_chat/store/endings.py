"""How the jobs that answered in conversations ended, read from what the runtime keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, delete, select, type_coerce, update

from parley_chat.domain.passages import Ended
from parley_chat.store.tables import begun
from parley_common.contracts.jobs import FINAL, Status
from parley_common.runtime.tables import job, step
from parley_common.storage.dialect import insert
from parley_common.storage.transaction import Transaction

AT_ONCE = 500


async def add(transaction: Transaction, owner: str, conversation: UUID, identity: UUID) -> None:
    """From now on its end is waited for."""
    once = insert(transaction, begun).values(job=identity, owner=owner, conversation=conversation)
    await transaction.execute(once.on_conflict_do_nothing())


async def ended(transaction: Transaction, *, conversation: UUID | None = None, limit: int) -> Sequence[Ended]:
    """Jobs that have come to an end which nobody has settled, the oldest first."""
    found = select(begun, job.c.status, job.c.input, job.c.partial).join(job, job.c.id == begun.c.job)
    found = found.where(job.c.status.in_(FINAL), job.c.owner == begun.c.owner).order_by(begun.c.job).limit(limit)
    if conversation:
        found = found.where(begun.c.conversation == conversation)
    return [_ended(row) for row in await transaction.execute(found)]


async def remove(transaction: Transaction, identity: UUID) -> None:
    await transaction.execute(delete(begun).where(begun.c.job == identity))


async def of_conversation(transaction: Transaction, owner: str, conversation: UUID) -> Sequence[UUID]:
    """The jobs of a conversation that have ended; those that have not are settled when they have."""
    in_it = type_coerce(job.c.input, Text).contains(f'"{conversation}"')
    found = select(job.c.id).where(job.c.kind == "chat", job.c.owner == owner, job.c.status.in_(FINAL), in_it)
    return list(await transaction.connection.scalars(found))


async def wipe(transaction: Transaction, jobs: Sequence[UUID]) -> None:
    """Remove what the runtime keeps of jobs: questions, answers, and what was found for them."""
    for start in range(0, len(jobs), AT_ONCE):
        some = jobs[start : start + AT_ONCE]
        await transaction.execute(delete(step).where(step.c.job.in_(some)))
        await transaction.execute(update(job).where(job.c.id.in_(some)).values(input=None, result=None, partial=None))


def _ended(row: Row[Any]) -> Ended:
    """`partial` only where the answer was stopped: others are kept by their jobs, or are none."""
    partial = row.partial if isinstance(row.partial, dict) and row.status == Status.CANCELLED else {}
    asked = row.input if isinstance(row.input, dict) else {}
    return Ended(
        job=row.job,
        owner=row.owner,
        conversation=row.conversation,
        completed=row.status == Status.COMPLETED,
        query=str(asked.get("query") or ""),
        partial=str(partial.get("text") or "").strip(),
    )
