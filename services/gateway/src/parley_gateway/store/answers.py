"""The one answer of a question: kept, with the command that carries it to the worker, by one compare-and-set."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from parley_common.bus.message import Outgoing
from parley_common.storage import outbox
from parley_common.storage.at_once import AtOnce, Rows, inserted
from parley_common.storage.database import Database
from parley_gateway.store.jobs import unknown
from parley_gateway.store.questions import OPEN
from parley_gateway.store.tables import job, question
from parley_gateway.store.tables import outbox as outbox_table

_ANSWER = ("status", "answer_id", "value", "declined", "answered_at", "resend_at")


@dataclass(frozen=True, slots=True)
class Addressed:
    """A job of its owner's, and the question that somebody answers; `None` if it is not stored."""

    job: Any
    question: Any | None


_ABOUT = (job.c.id, job.c.kind, job.c.owner, job.c.service, job.c.status, job.c.epoch, job.c.trace)
_ASKED = tuple(column.label(f"question_{column.name}") for column in question.c)
_FIND = (
    select(*_ABOUT, *_ASKED)
    .join(question, (question.c.job == job.c.id) & (question.c.id == bindparam("asked")), isouter=True)
    .where(job.c.id == bindparam("identity"), job.c.owner == bindparam("of"))
)


async def find(database: Database, owner: str, identity: UUID, *, asked: UUID) -> Addressed:
    """As it is now, unlocked: `keep` tells whether it still was. Raises `NotFound` if there is no such job."""
    async with database.read() as connection:
        row = (await connection.execute(_FIND, {"identity": identity, "of": owner, "asked": asked})).first()
    if row is None:
        raise unknown(identity)
    if row.question_id is None:
        return Addressed(row, None)
    return Addressed(row, SimpleNamespace(**{each.name: row._mapping[f"question_{each.name}"] for each in question.c}))


async def keep(database: Database, answered: dict[str, Any], message: Outgoing) -> bool:
    """Whether this is the answer now: the first one, in time, to a job that has not ended.

    `answered` is the whole row of the question, which the recorder may not have come to.
    """
    if database.dialect == "postgresql":
        sent = outbox.row(message, database.due_at())
        kept = bool(await _KEEP.fetch(database.engine, [answered], [sent]))
        if kept:
            database.committed([message])
        return kept
    async with database.transaction() as transaction:
        going_on = select(job.c.id).where(job.c.id == answered["job"], job.c.completed_at.is_(None))
        if (await transaction.execute(going_on)).first() is None:
            return False
        if (await transaction.execute(_once(sqlite.insert(question)), answered)).first() is None:
            return False
        transaction.send(message)
    return True


def _once(insertion: Any) -> Any:
    """Only an open question takes an answer, and only in time."""
    new = insertion.excluded
    return insertion.on_conflict_do_update(
        index_elements=[question.c.id],
        set_={name: new[name] for name in _ANSWER},
        where=(question.c.status == OPEN) & (question.c.expires_at > new.answered_at),
    ).returning(question.c.id)


def _keep() -> AtOnce:
    answers = Rows("answer", {column.name: column.type for column in question.c})
    messages = Rows("message", {column.name: column.type for column in outbox_table.c})
    # The recorder locks a job before it closes its questions: this waits for it, or it for this.
    going_on = select(job.c.id).where(job.c.id.in_(select(answers.table.c.job)), job.c.completed_at.is_(None))
    locked = going_on.with_for_update().cte("going_on")
    kept = _once(inserted(question, answers, answers.table.c.job.in_(select(locked.c.id)))).cte("kept")
    sent = inserted(outbox_table, messages, select(kept.c.id).exists())
    return AtOnce(select(kept.c.id).add_cte(sent.cte("sent")), answers, messages)


_KEEP = _keep()
