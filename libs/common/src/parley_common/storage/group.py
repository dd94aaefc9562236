"""Group commit: what concurrent jobs write goes into one commit while the one before it is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from parley_common.batching import Batcher
from parley_common.storage.errors import REFUSALS

T = TypeVar("T")
R = TypeVar("R")
SIZE = 64
LANES = 2


class GroupCommit(Generic[T, R]):
    """Commits all pieces that wait with one `commit(pieces) -> results`; a lone piece is committed at once.

    A second group is prepared while the first one waits for the disk; more would only make both smaller.
    A piece may be tried twice: if the database refuses a group, each piece gets a commit of its own, and only its
    caller the error. A caller that is cancelled does not stop its piece.
    """

    def __init__(self, commit: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._commit = commit
        self._pieces: Batcher[T, R | Exception] = Batcher(self._flush, size=SIZE, lanes=LANES)

    async def add(self, piece: T) -> R:
        """The result of this piece, once it is committed."""
        outcome = await self._pieces.add(piece)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _flush(self, pieces: Sequence[T]) -> Sequence[R | Exception]:
        try:
            return await self._commit(pieces)
        except REFUSALS as error:
            if len(pieces) == 1:
                return [error]
            return [outcome for piece in pieces for outcome in await self._flush([piece])]
