"""One question in a conversation: found, packed, answered with its sources, and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from parley_chat.domain.passages import Passage, Turn, messages_of
from parley_chat.domain.quota import Packed, Split, pack
from parley_chat.domain.window import Window, budget, window
from parley_chat.ports import Analyst, Asked, Library, Said, Turns
from parley_chat.settings import ChatLimits
from parley_common.contracts.chat import Answered, Chat
from parley_common.contracts.events import Source
from parley_common.contracts.jobs import Mode
from parley_common.contracts.model import Contract
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
    past = await _past(job, request, parts)
    seen, room = _window(request, past, parts.limits)
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
    said = await job.step("answer", partial(_answer, job, parts.analyst), asked, events=_cited)
    await job.progress(0.9, "Remembering the conversation")
    await _remember(job, request, parts, said.text)
    return _answered(job, request, parts.analyst, asked=asked, packed=packed, said=said)


async def _past(job: Job, request: Chat, parts: Parts) -> list[Turn]:
    """The turns that the window may show; those of a client that keeps its conversation itself are in the request."""
    if request.conversation is None or request.history is not None:
        return []
    return await job.step("read conversation", partial(_read, job, parts), request.conversation)


async def _read(job: Job, parts: Parts, conversation: UUID) -> list[Turn]:
    return await parts.turns.before(job.owner, conversation, job.id, limit=parts.limits.remembered)


def _window(request: Chat, past: list[Turn], limits: ChatLimits) -> tuple[Window, int]:
    """What is shown of the conversation, and how many tokens that leaves for passages."""
    messages = messages_of(past) if request.history is None else request.history
    share, rest = budget(
        limits.context,
        output=limits.output,
        system=limits.instructions,
        question=request.query,
        window_share=limits.window_share,
    )
    seen = window(messages, most=limits.window_messages, tokens=share)
    return seen, rest + share - seen.tokens


def _split(limits: ChatLimits, room: int) -> Split:
    return Split(
        budget=min(room, limits.budget),
        documents=limits.document_share,
        document_gate=limits.document_gate,
        chat_gate=limits.chat_gate,
    )


async def _search(
    job: Job, request: Chat, parts: Parts, *, past: list[Turn], queries: list[str], vectors: list[list[float]]
) -> tuple[list[Passage], list[Passage]]:
    """Both sides at once; what the window shows is not looked for again."""
    library, shown = parts.library, past[-(parts.limits.window_messages // 2) :]
    excluding = library.points_of(job.owner, request.conversation, shown) if request.conversation else []
    async with asyncio.TaskGroup() as tasks:
        documents = tasks.create_task(job.step("search documents", library.documents, job.owner, queries, vectors))
        turns = tasks.create_task(
            job.step("search earlier turns", library.turns, job.owner, queries, vectors, excluding)
        )
    return documents.result(), turns.result()


async def _answer(job: Job, analyst: Analyst, asked: Asked) -> Said:
    async with job.stream() as text:
        return await analyst.answer(asked, text.write)


def _cited(said: Said) -> Sequence[Contract]:
    return [Source(id=str(each.n), title=each.filename, snippet=each.quote) for each in said.sources]


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
    points = await parts.library.remember(job.owner, conversation, turn)
    if await parts.turns.is_forgotten(job.owner, conversation):
        await parts.turns.forget(job.owner, conversation)
        await parts.library.forget(job.owner, conversation)
        return 0
    return points


def _answered(job: Job, request: Chat, analyst: Analyst, *, asked: Asked, packed: Packed, said: Said) -> Answered:
    # A model reads the window with every question; without one it counts where the question leaned on it.
    window_used = not asked.window.empty if analyst.mode is Mode.MODEL else asked.rewritten is not None
    queries = [asked.question, *([asked.rewritten] if asked.rewritten else [])]
    return Answered(
        answer=said.text,
        found=said.found,
        sources=said.sources,
        conversation_id=request.conversation,
        chat_context_used=window_used or packed.ledger.chat.tokens > 0,
        rewritten=asked.rewritten,
        ledger=packed.ledger.model_copy(update={"queries": queries, "window": asked.window.tokens}),
        dropped_markers=said.dropped,
        uncited=said.uncited,
        notes=[OFFLINE] if analyst.mode is Mode.OFFLINE else [],
        mode=analyst.mode,
        model=analyst.model,
        usage=job.usage,
    )
