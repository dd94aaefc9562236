"""The ledger in PostgreSQL: a group of claims or writes is one statement, and so one round trip and one commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, Integer, Table, Uuid, bindparam, case, func, select, update

from parley_common.bus.message import Outgoing
from parley_common.contracts.jobs import Status
from parley_common.runtime.ledger import Claim, Columns, Stored, Write
from parley_common.runtime.tables import job, outbox, question, step
from parley_common.storage.at_once import AtOnce, Rows, inserted
from parley_common.storage.columns import Json, Utc
from parley_common.storage.database import Database
from parley_common.storage.group import GroupCommit
from parley_common.storage.outbox import row

# What may be changed of a job: these stay as they are unless given, those are cleared.
KEPT: Final = (
    *("status", "last_seq", "fence", "attempts", "crashes"),
    *("progress", "ran_seconds", "usage", "result", "problem", "ended_at"),
)
CLEARED: Final = ("wake_at", "partial")
LEASE: Final = ("lease_owner", "lease_until")
ANSWER: Final = ("outcome", "answer_id", "value")


class PostgresLedger:
    """`Ledger` by statements in which each piece stands or falls as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims: GroupCommit[Claim, bool] = GroupCommit(self._claim)
        self._writes: GroupCommit[Write, bool] = GroupCommit(self._write)
        # Rows of jobs that nobody runs may be locked by anybody: what waits for them must not hold up those that run.
        self._wakes: GroupCommit[Write, bool] = GroupCommit(self._write)

    async def read(self, job: UUID) -> Stored | None:
        async with self._database.read() as connection:
            found = (await connection.execute(_READ, {"sought": job})).first()
        if found is None:
            return None
        columns = dict(found._mapping)
        steps, questions = columns.pop(step.name), columns.pop(question.name)
        return Stored(columns, _from_json(step, steps), _from_json(question, questions))

    async def claim(self, claim: Claim) -> bool:
        return await self._claims.add(claim)

    async def write(self, write: Write) -> bool:
        return await (self._writes if write.was is Status.RUNNING else self._wakes).add(write)

    async def _claim(self, claims: Sequence[Claim]) -> list[bool]:
        # One row per job and in order, so that no two workers wait for each other in a circle.
        first = {claim.job["id"]: piece for piece, claim in reversed([*enumerate(claims)])}
        pieces = [first[id] for id in sorted(first)]
        jobs = [claims[piece].job for piece in pieces]
        messages = _sent(
            ((claims[piece].job["id"], claims[piece].messages) for piece in pieces), self._database.due_at()
        )
        new = {found["id"] for found in await _CLAIM.fetch(self._database.engine, jobs, messages)}
        return self._committed(claims, {first[id] for id in new})

    async def _write(self, writes: Sequence[Write]) -> list[bool]:
        changes = [_guard(piece, write) | write.job for piece, write in enumerate(writes)]
        steps = [{"piece": piece, **write.step} for piece, write in enumerate(writes) if write.step]
        questions = [{"piece": piece, **write.question} for piece, write in enumerate(writes) if write.question]
        answers = [{"piece": piece, **write.answer} for piece, write in enumerate(writes) if write.answer]
        messages = _sent(((piece, write.messages) for piece, write in enumerate(writes)), self._database.due_at())
        found = await _WRITE.fetch(self._database.engine, changes, steps, questions, messages, answers)
        return self._committed(writes, {each["piece"] for each in found})

    def _committed(self, pieces: Sequence[Claim | Write], done: set[int]) -> list[bool]:
        self._database.committed([message for index in sorted(done) for message in pieces[index].messages])
        return [index in done for index in range(len(pieces))]


def _guard(piece: int, write: Write) -> Columns:
    return {"piece": piece, "run": write.run, "held": write.fence, "behind": write.seq, "was": write.was}


def _sent(messages: Iterable[tuple[Any, Sequence[Outgoing]]], due_at: datetime) -> list[Columns]:
    return [{"piece": piece, **row(message, due_at)} for piece, some in messages for message in some]


def _from_json(table: Table, rows: Sequence[Columns] | None) -> list[SimpleNamespace]:
    """Rows of a table that were sent as JSON, with the values that its columns have elsewhere."""
    read = {column.name: _READ_AS.get(type(column.type), _as_it_is) for column in table.c}
    return [
        SimpleNamespace(**{name: None if value is None else read[name](value) for name, value in each.items()})
        for each in rows or ()
    ]


def _as_it_is(value: Any) -> Any:
    return value


_READ_AS: dict[type, Any] = {Json: json.loads, Uuid: UUID, Utc: datetime.fromisoformat}


def _rows(name: str, table: Table, **more: Any) -> Rows:
    return Rows(name, {column.name: column.type for column in table.c} | more)


def _read() -> Any:
    """A job with its journal: one statement, so that all is of one moment."""
    rows = (
        select(func.json_agg(table.table_valued(), type_=JSON)).where(table.c.job == job.c.id).scalar_subquery()
        for table in (step, question)
    )
    steps, questions = rows
    return select(job, steps.label(step.name), questions.label(question.name)).where(job.c.id == bindparam("sought"))


def _claim() -> AtOnce:
    jobs, messages = _rows("new", job), _rows("message", outbox, piece=job.c.id.type)
    claimed = inserted(job, jobs).on_conflict_do_nothing().returning(job.c.id).cte("claimed")
    sent = inserted(outbox, messages, messages.table.c.piece.in_(select(claimed.c.id)))
    return AtOnce(select(claimed.c.id).add_cte(sent.cte("sent")), jobs, messages)


def _write() -> AtOnce:
    whose = {"piece": Integer(), "run": job.c.id.type, "held": Integer(), "behind": Integer(), "was": job.c.status.type}
    changes = Rows("new", whose | {name: job.c[name].type for name in KEPT + CLEARED + LEASE})
    new = changes.table.c
    # In order, so that groups do not wait for each other in a circle.
    locked = select(job.c.id).where(job.c.id.in_(select(new.run))).order_by(job.c.id).with_for_update().cte("locked")
    values: dict[str, Any] = {name: func.coalesce(new[name], job.c[name]) for name in KEPT}
    values |= {name: new[name] for name in CLEARED}
    values |= {name: func.coalesce(new[name], case((new.status.is_(None), job.c[name]))) for name in LEASE}
    guard = job.c.fence == new.held, job.c.last_seq == new.behind, job.c.status == new.was
    written = (
        update(job)
        .where(job.c.id == locked.c.id, job.c.id == new.run, *guard)
        .values(values)
        .returning(new.piece)
        .cte("written")
    )
    parts = {table: _rows(f"new_{table.name}", table, piece=Integer()) for table in (step, question, outbox)}
    inserts = {
        table: inserted(table, rows, rows.table.c.piece.in_(select(written.c.piece))) for table, rows in parts.items()
    }
    step_again = {column.name: inserts[step].excluded[column.name] for column in step.c}
    inserts[step] = inserts[step].on_conflict_do_update(index_elements=[step.c.job, step.c.key], set_=step_again)
    added = (part.cte(f"{table.name}_added") for table, part in inserts.items())
    answers = Rows("answer", {name: question.c[name].type for name in ("id", *ANSWER)} | {"piece": Integer()})
    given = answers.table.c
    settled = (
        update(question)
        .where(question.c.id == given.id, given.piece.in_(select(written.c.piece)))
        .values({name: given[name] for name in ANSWER})
    )
    with_all = select(written.c.piece).add_cte(*added, settled.cte("settled"))
    return AtOnce(with_all, changes, *parts.values(), answers)


_READ, _CLAIM, _WRITE = _read(), _claim(), _write()
