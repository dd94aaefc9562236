"""Turns become findable: those that were answered as a step of their job, those that were stopped by a sweep."""

from __future__ import annotations

from uuid import UUID

from parley_chat.domain.passages import Turn
from parley_chat.ports import Library, Turns

AT_ONCE = 100


async def let_find(owner: str, conversation: UUID, turn: Turn, *, library: Library, turns: Turns) -> int:
    """How many points a turn became; none if its conversation was deleted meanwhile, as it then takes itself back."""
    points = await library.remember(owner, conversation, turn)
    if await turns.is_forgotten(owner, conversation):
        await turns.forget(owner, conversation)
        await library.forget(owner, conversation)
        return 0
    return points


async def settle(*, library: Library, turns: Turns) -> None:
    """See to answers that have ended: what was stopped is a turn, and of what was deleted meanwhile nothing stays.

    Again is the same as once, so several workers may do it.
    """
    for ended in await turns.ended(limit=AT_ONCE):
        if not ended.completed and (turn := await turns.left_by(ended)):
            await let_find(ended.owner, ended.conversation, turn, library=library, turns=turns)
        await turns.settle(ended)
