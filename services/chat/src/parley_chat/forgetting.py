"""Deleting a conversation: its turns, then its vectors, until a count shows that none is left."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from parley_chat.ports import Library, Turns
from parley_common.contracts.chat import ConversationForgotten, ForgetConversation
from parley_common.errors import RetryableError
from parley_common.runtime.job import Job


class StillThere(RetryableError):
    """The index counts points of a conversation that was deleted."""

    code = "vectors_left"


async def forget_conversation(
    job: Job, request: ForgetConversation, *, library: Library, turns: Turns
) -> ConversationForgotten:
    """Leave nothing of a conversation; a turn that is being answered meanwhile finds its mark and removes itself."""
    gone = await job.step("forget turns", partial(_forget_turns, job, turns), request.conversation)
    left = await job.step("forget vectors", partial(_forget_vectors, job, library), request.conversation)
    return ConversationForgotten(conversation=request.conversation, turns=gone, vectors=left)


async def _forget_turns(job: Job, turns: Turns, conversation: UUID) -> int:
    return await turns.forget(job.owner, conversation)


async def _forget_vectors(job: Job, library: Library, conversation: UUID) -> int:
    if left := await library.forget(job.owner, conversation):
        raise StillThere(f"{left} passages of the conversation are still in the index")
    return 0
