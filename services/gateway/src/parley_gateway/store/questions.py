"""Questions and the one answer each: who is first is decided here, by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Row, bindparam, case, select, update

from parley_common.contracts.events import Answered, Asked
from parley_common.storage.dialect import among, insert
from parley_common.storage.transaction import Transaction
from parley_gateway.store.tables import question

OPEN = "open"
ANSWERED = "answered"
EXPIRED = "expired"
CLOSED = "closed"


_FIND = select(question).where(question.c.id == bindparam("identity"), question.c.job == bindparam("of"))
_CLOSED = {"resend_at": None, "status": case((question.c.status == OPEN, CLOSED), else_=question.c.status)}


async def add(transaction: Transaction, asked: Sequence[tuple[UUID, Asked]]) -> None:
    """Store questions of jobs; those that are known are left as they are."""
    if not asked:
        return
    rows = [
        {
            "id": each.question_id,
            "job": owner,
            "schema": each.schema_,
            "expires_at": each.expires_at,
            "status": OPEN,
            "declined": False,
            "resends": 0,
        }
        for owner, each in asked
    ]
    await transaction.execute(insert(transaction, question).on_conflict_do_nothing(), rows)


async def find(transaction: Transaction, identity: UUID, *, of: UUID) -> Row[Any] | None:
    return (await transaction.execute(_FIND, {"identity": identity, "of": of})).first()


async def accept(
    transaction: Transaction,
    identity: UUID,
    *,
    answer_id: str,
    value: JsonValue,
    declined: bool,
    at: datetime,
    resend_at: datetime,
) -> Row[Any] | None:
    """Make this the answer if there is none and it is in time; the question's row, or `None`."""
    values = {"answer_id": answer_id, "value": value, "declined": declined, "answered_at": at, "resend_at": resend_at}
    statement = (
        update(question)
        .where(question.c.id == identity, question.c.status == OPEN, question.c.expires_at > at)
        .values(status=ANSWERED, **values)
        .returning(*question.c)
    )
    return (await transaction.execute(statement)).first()


async def confirm(transaction: Transaction, taken: Answered) -> None:
    """The worker has this answer: it is the one, and need not be sent again."""
    values = {"answer_id": taken.answer_id, "value": taken.value, "declined": taken.declined}
    await transaction.execute(
        update(question).where(question.c.id == taken.question_id).values(status=ANSWERED, resend_at=None, **values)
    )


async def expire(transaction: Transaction, identity: UUID) -> None:
    await transaction.execute(update(question).where(question.c.id == identity).values(status=EXPIRED, resend_at=None))


async def close(transaction: Transaction, jobs: Collection[UUID]) -> None:
    """No question of an ended job can be answered, and no answer needs to be sent."""
    await transaction.execute(update(question).where(among(transaction, question.c.job, jobs)).values(_CLOSED))


async def due(transaction: Transaction, *, limit: int) -> Sequence[Row[Any]]:
    """Accepted answers that no worker has confirmed; no other gateway gets them until the commit."""
    statement = (
        select(question)
        .where(question.c.resend_at <= datetime.now(UTC))
        .order_by(question.c.resend_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await transaction.execute(statement)).all()


async def postpone(transaction: Transaction, identity: UUID, *, by: timedelta) -> None:
    values = {"resend_at": datetime.now(UTC) + by, "resends": question.c.resends + 1}
    await transaction.execute(update(question).where(question.c.id == identity).values(values))
