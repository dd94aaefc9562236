"""Group commit: what concurrent jobs write goes into one transaction while the one before it commits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from parley_common.batching import Batcher
from parley_common.storage.transaction import Transaction

T = TypeVar("T")
SIZE = 64
LANES = 2

Work = Callable[[Transaction], Coroutine[Any, Any, T]]


@dataclass(frozen=True, slots=True)
class _Piece:
    row: UUID
    work: Work[Any]
    context: Context


class GroupCommit:
    """Runs short pieces of work, one transaction for all that wait; a lone piece is committed at once.

    A second group is prepared while the first one waits for the disk; more would only make both smaller.

    Pieces lock their rows in the order of `row`, so groups do not wait for each other in a circle. A piece may run
    twice: if the database refuses a group, each piece gets a transaction of its own, and only its caller the error.
    """

    def __init__(self, transaction: Callable[[], AbstractAsyncContextManager[Transaction]]) -> None:
        self._transaction = transaction
        self._pieces: Batcher[_Piece, Any] = Batcher(self._commit, size=SIZE, lanes=LANES)

    async def run(self, work: Work[T], *, row: UUID) -> T:
        """What `work` returned, once that is committed; `row` is the id of the row it locks.

        A caller that is cancelled does not stop its work: see `uninterrupted`.
        """
        outcome = await self._pieces.add(_Piece(row, work, copy_context()))
        if isinstance(outcome, SQLAlchemyError):
            raise outcome
        return cast(T, outcome)

    async def _commit(self, pieces: Sequence[_Piece]) -> Sequence[Any]:
        outcomes: dict[int, Any] = {}
        try:
            async with self._transaction() as transaction:
                for index in sorted(range(len(pieces)), key=lambda index: pieces[index].row):
                    # In the context of its own caller, so that what it sends belongs to the right trace.
                    piece = pieces[index]
                    task = asyncio.create_task(piece.work(transaction), context=piece.context)
                    outcomes[index] = await task
        except SQLAlchemyError as error:
            if len(pieces) == 1:
                return [error]
            return [outcome for piece in pieces for outcome in await self._commit([piece])]
        return [outcomes[index] for index in range(len(pieces))]
