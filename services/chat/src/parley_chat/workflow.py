"""One question in a conversation: found, packed, answered with its sources, and remembered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from parley_chat.answering import said_to
from parley_chat.conversation import past_of, seen_of, summed_up
from parley_chat.domain.passages import Passage, Past, Turn
from parley_chat.domain.quota import Packed, Split, pack
from parley_chat.domain.tokens import estimate
from parley_chat.ports import Analyst, Asked, Library, Said, Turns
from parley_chat.remembering import let_find
from parley_chat.settings import ChatLimits
from parley_common.contracts.chat import Answered, Chat
from parley_common.contracts.jobs import Mode
from parley_common.runtime.job import Job

OFFLINE = (
    "No model is configured: the answer is made of sentences quoted from your documents, chosen by their words and "
    "meaning; nothing is put in other words or concluded."
)


@dataclass(frozen=True)
class Parts:
    """Who answers, where things are found and remembered, and how much of everything there may be."""

    analyst: Analyst
    library: Library
    turns: Turns
    limits: ChatLimits


async def chat(job: Job, request: Chat, *, parts: Parts) -> Answered:
    """Answer from the owner's documents and earlier turns; what neither holds is not said."""
    await job.progress(0.1, "Reading the conversation")
    past = await past_of(job, request, parts.turns, parts.limits)
    past = await summed_up(
        job, request.conversation, past, analyst=parts.analyst, turns=parts.turns, limits=parts.limits
    )
    seen, room = seen_of(request, past, parts.limits)
    rewritten = None if seen.empty else await job.step("rewrite", parts.analyst.rewrite, request.query, seen)
    queries = [request.query, *([rewritten] if rewritten else [])]
    await job.progress(0.3, "Searching your documents and earlier conversations")
    vectors = await job.step("embed queries", parts.library.embed, queries)
    documents, turns = await _search(job, request, parts, past=past, queries=queries, vectors=vectors)
    packed = pack(documents, turns, _split(parts.limits, room))
    await job.progress(0.6, "Answering")
    asked = Asked(
        question=request.query,
        rewritten=rewritten,
        window=seen,
        passages=packed.numbered,
        vectors=vectors,
        found=[f"{each.heading}\n{each.text}" for each in documents],
    )
    said, notes = await said_to(job, asked, parts.analyst)
    await job.progress(0.9, "Remembering the conversation")
    await _remember(job, request, parts, said.text)
    return _answered(job, request, parts.analyst, asked=asked, packed=packed, said=said, notes=notes)


def _split(limits: ChatLimits, room: int) -> Split:
    return Split(
        budget=min(room, limits.budget),
        documents=limits.document_share,
        document_gate=limits.document_gate,
        chat_gate=limits.chat_gate,
    )


async def _search(
    job: Job, request: Chat, parts: Parts, *, past: Past, queries: list[str], vectors: list[list[float]]
) -> tuple[list[Passage], list[Passage]]:
    """Both sides at once; what the window shows is not looked for again."""
    library, shown = parts.library, past.turns[max(0, len(past.turns) - parts.limits.window_messages // 2) :]
    excluding = library.points_of(job.owner, request.conversation, shown) if request.conversation else []
    async with asyncio.TaskGroup() as tasks:
        documents = tasks.create_task(job.step("search documents", library.documents, job.owner, queries, vectors))
        turns = tasks.create_task(
            job.step("search earlier turns", library.turns, job.owner, queries, vectors, excluding)
        )
    return documents.result(), turns.result()


async def _remember(job: Job, request: Chat, parts: Parts, answer: str) -> None:
    """In SQL first, then where it can be found; a conversation that was deleted meanwhile stays deleted."""
    if request.conversation is None:
        return
    turn = await job.step("store turn", partial(_store, job, parts), request.conversation, request.query, answer)
    if turn is not None:
        await job.step("remember turn", partial(_index, job, parts), request.conversation, turn)


async def _store(job: Job, parts: Parts, conversation: UUID, question: str, answer: str) -> Turn | None:
    return await parts.turns.keep(job.owner, conversation, job=job.id, question=question, answer=answer)


async def _index(job: Job, parts: Parts, conversation: UUID, turn: Turn) -> int:
    return await let_find(job.owner, conversation, turn, library=parts.library, turns=parts.turns)


def _answered(
    job: Job, request: Chat, analyst: Analyst, *, asked: Asked, packed: Packed, said: Said, notes: list[str]
) -> Answered:
    # A model reads the window with every question; without one it counts where the question leaned on it.
    window_used = not asked.window.empty if analyst.mode is Mode.MODEL else asked.rewritten is not None
    return Answered(
        answer=said.text,
        found=said.found,
        sources=said.sources,
        conversation_id=request.conversation,
        chat_context_used=window_used or packed.ledger.chat.tokens > 0,
        rewritten=asked.rewritten,
        ledger=packed.ledger.model_copy(update=_shown(asked)),
        dropped_markers=said.dropped,
        uncited=said.uncited,
        left_out=said.left_out,
        revised=said.revised,
        notes=[*([OFFLINE] if analyst.mode is Mode.OFFLINE else []), *notes],
        mode=analyst.mode,
        model=analyst.model,
        usage=job.usage,
    )


def _shown(asked: Asked) -> dict[str, object]:
    queries = [asked.question, *([asked.rewritten] if asked.rewritten else [])]
    return {"queries": queries, "window": asked.window.tokens, "summary": estimate(asked.window.summary)}
