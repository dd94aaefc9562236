"""The conversation that a question stands in: its last turns, and a summary of those before them."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from parley_chat.domain.passages import Past, Summary, Turn, messages_of
from parley_chat.domain.summary import extract, shortened
from parley_chat.domain.window import Window, budget, window
from parley_chat.ports import Analyst, Turns
from parley_chat.settings import ChatLimits
from parley_common.contracts.chat import Chat
from parley_common.errors import ParleyError
from parley_common.runtime.job import Job

# What a model may fail to give without anything being wrong with it: an answer can do without.
USELESS = frozenset({"model_output_invalid", "model_output_empty", "model_output_truncated", "model_refused"})


async def past_of(job: Job, request: Chat, turns: Turns, limits: ChatLimits) -> Past:
    """What was said before; of a client that keeps its conversation itself that is in the request."""
    if request.conversation is None or request.history is not None:
        return Past()
    return await job.step("read conversation", partial(_read, job, turns, limits.remembered), request.conversation)


async def summed_up(
    job: Job, conversation: UUID | None, past: Past, *, analyst: Analyst, turns: Turns, limits: ChatLimits
) -> Past:
    """The same with all turns in the summary that are older than what is shown whole; paid once, then extended."""
    older = past.turns[: max(0, len(past.turns) - limits.window_messages // 2)]
    if conversation is None or len(older) < limits.summary_turns:
        return past
    before = past.summary.text if past.summary else ""
    text = await _summary(job, analyst, before, older, limits)
    made = Summary(text=text, upto=older[-1].job)
    await job.step("store summary", partial(_store, job, turns), conversation, made)
    return Past(summary=made, turns=past.turns[len(older) :])


def seen_of(request: Chat, past: Past, limits: ChatLimits) -> tuple[Window, int]:
    """What is shown of the conversation, and how many tokens that leaves for passages."""
    messages = messages_of(past.turns) if request.history is None else request.history
    share, rest = budget(
        limits.context,
        output=limits.output,
        system=limits.instructions,
        question=request.query,
        window_share=limits.window_share,
    )
    summary = past.summary.text if past.summary else ""
    seen = window(messages, most=limits.window_messages, tokens=share, summary=summary)
    return seen, rest + share - seen.tokens


async def _summary(job: Job, analyst: Analyst, before: str, older: list[Turn], limits: ChatLimits) -> str:
    """By the analyst; an extract where a model will not, or the conversation could never go on."""
    room = limits.context - limits.output - limits.instructions - limits.summary
    fitting = shortened(older, max(0, room))
    try:
        return await job.step("summarise", analyst.summarise, before, fitting, limits.summary)
    except ParleyError as error:
        if error.code not in USELESS:
            raise
        return extract(before, older, limits.summary)


async def _read(job: Job, turns: Turns, limit: int, conversation: UUID) -> Past:
    return await turns.begin(job.owner, conversation, job.id, limit=limit)


async def _store(job: Job, turns: Turns, conversation: UUID, summary: Summary) -> None:
    await turns.keep_summary(job.owner, conversation, summary)
