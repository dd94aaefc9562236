"""The ledger in PostgreSQL: a group of claims or writes is one statement, and so one round trip and one commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Table, case, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from parley_common.bus.message import Outgoing
from parley_common.contracts.jobs import Status
from parley_common.runtime.ledger import Claim, Columns, Write
from parley_common.runtime.tables import job, outbox, question, step
from parley_common.storage.at_once import AtOnce, Rows
from parley_common.storage.database import Database
from parley_common.storage.group import GroupCommit
from parley_common.storage.outbox import row

# What a run may change of its job: these stay as they are unless given, those are cleared.
KEPT: Final = ("status", "last_seq", "crashes", "progress", "ran_seconds", "usage", "result", "problem", "ended_at")
CLEARED: Final = ("wake_at", "partial")


class PostgresLedger:
    """`Ledger` by statements in which each piece stands or falls as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims: GroupCommit[Claim, bool] = GroupCommit(self._claim)
        self._writes: GroupCommit[Write, bool] = GroupCommit(self._write)

    async def claim(self, claim: Claim) -> bool:
        return await self._claims.add(claim)

    async def write(self, write: Write) -> bool:
        return await self._writes.add(write)

    async def _claim(self, claims: Sequence[Claim]) -> list[bool]:
        # One row per job and in order, so that no two workers wait for each other in a circle.
        first = {claim.job["id"]: piece for piece, claim in reversed([*enumerate(claims)])}
        pieces = [first[id] for id in sorted(first)]
        jobs = [claims[piece].job for piece in pieces]
        messages = _sent(((claims[piece].job["id"], claims[piece].messages) for piece in pieces), self._due())
        new = {found["id"] for found in await _CLAIM.fetch(self._database.engine, jobs, messages)}
        return self._committed(claims, {first[id] for id in new})

    async def _write(self, writes: Sequence[Write]) -> list[bool]:
        guards = ({"piece": piece, "run": w.run, "fence": w.fence, "seq": w.seq} for piece, w in enumerate(writes))
        changes = [guard | write.job for guard, write in zip(guards, writes, strict=True)]
        steps = [{"piece": piece, **write.step} for piece, write in enumerate(writes) if write.step]
        questions = [{"piece": piece, **write.question} for piece, write in enumerate(writes) if write.question]
        messages = _sent(((piece, write.messages) for piece, write in enumerate(writes)), self._due())
        found = await _WRITE.fetch(self._database.engine, changes, steps, questions, messages)
        return self._committed(writes, {each["piece"] for each in found})

    def _due(self) -> datetime:
        return datetime.now(UTC) + self._database.hand_over

    def _committed(self, pieces: Sequence[Claim | Write], done: set[int]) -> list[bool]:
        self._database.committed([message for index in sorted(done) for message in pieces[index].messages])
        return [index in done for index in range(len(pieces))]


def _sent(messages: Iterable[tuple[Any, Sequence[Outgoing]]], due_at: datetime) -> list[Columns]:
    return [{"piece": piece, **row(message, due_at)} for piece, some in messages for message in some]


def _rows(name: str, table: Table, **more: Any) -> Rows:
    return Rows(name, {column.name: column.type for column in table.c} | more)


def _insert(table: Table, rows: Rows, *only: ColumnElement[bool]) -> Insert:
    names = [column.name for column in table.c]
    return insert(table).from_select(names, select(*(rows.table.c[name] for name in names)).where(*only))


def _claim() -> AtOnce:
    jobs, messages = _rows("new", job), _rows("message", outbox, piece=job.c.id.type)
    claimed = _insert(job, jobs).on_conflict_do_nothing().returning(job.c.id).cte("claimed")
    sent = _insert(outbox, messages, messages.table.c.piece.in_(select(claimed.c.id)))
    return AtOnce(select(claimed.c.id).add_cte(sent.cte("sent")), jobs, messages)


def _write() -> AtOnce:
    whose = {"piece": Integer(), "run": job.c.id.type, "fence": Integer(), "seq": Integer()}
    changes = Rows("new", whose | {name: job.c[name].type for name in KEPT + CLEARED})
    new = changes.table.c
    # In order, so that groups do not wait for each other in a circle.
    locked = select(job.c.id).where(job.c.id.in_(select(new.run))).order_by(job.c.id).with_for_update().cte("locked")
    values: dict[str, Any] = {name: func.coalesce(new[name], job.c[name]) for name in KEPT}
    values |= {name: new[name] for name in CLEARED}
    values |= {name: case((new.status.is_(None), job.c[name])) for name in ("lease_owner", "lease_until")}
    guard = job.c.fence == new.fence, job.c.last_seq == new.seq, job.c.status == Status.RUNNING
    written = (
        update(job)
        .where(job.c.id == locked.c.id, job.c.id == new.run, *guard)
        .values(values)
        .returning(new.piece)
        .cte("written")
    )
    parts = {table: _rows(f"new_{table.name}", table, piece=Integer()) for table in (step, question, outbox)}
    inserts = {
        table: _insert(table, rows, rows.table.c.piece.in_(select(written.c.piece))) for table, rows in parts.items()
    }
    step_again = {column.name: inserts[step].excluded[column.name] for column in step.c}
    inserts[step] = inserts[step].on_conflict_do_update(index_elements=[step.c.job, step.c.key], set_=step_again)
    with_all = select(written.c.piece).add_cte(*(part.cte(f"{table.name}_added") for table, part in inserts.items()))
    return AtOnce(with_all, changes, *parts.values())


_CLAIM, _WRITE = _claim(), _write()
