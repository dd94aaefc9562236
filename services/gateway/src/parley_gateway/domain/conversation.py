"""A conversation as its owner sees it: each job in it is a question, and an answer as far as there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from parley_common.contracts.chat import Answered, ChatSource
from parley_common.contracts.jobs import Mode, Problem, Status
from parley_common.contracts.model import Contract
from parley_gateway.domain.projection import JobSnapshot


class Conversation(Contract):
    """`title` is its first question."""

    conversation_id: UUID
    title: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class SaidMessage(Contract):
    """One message; `status` and `error` are its job's.

    An answer that was stopped has the text it came to and the sources of that. `found` is false of an answer that
    nothing relevant was found for, `mode` says who answered; both are known of answers that were completed.
    """

    role: Literal["user", "assistant"]
    content: str
    job_id: UUID
    status: Status
    sources: list[ChatSource] = Field(default_factory=list)
    found: bool | None = None
    mode: Mode | None = None
    error: Problem | None = None
    created_at: AwareDatetime


class ConversationDetails(Conversation):
    """The newest messages in the order they were said; `next_cursor` leads to the ones before them."""

    messages: list[SaidMessage]
    next_cursor: str | None = None


class ChatAnswer(Answered):
    """An answer with the job that gave it."""

    job_id: UUID


def answer_of(job: UUID, result: Any) -> ChatAnswer:
    """What a chat job completed with."""
    return ChatAnswer.model_validate(result | {"job_id": job})


def messages_of(snapshots: Iterable[JobSnapshot]) -> list[SaidMessage]:
    """The messages of jobs that are given newest first, oldest first."""
    return [message for snapshot in reversed(list(snapshots)) for message in _messages(snapshot)]


def partial_of(snapshot: JobSnapshot) -> str:
    """How far the text had come when the job was stopped."""
    return str(snapshot.partial.get("text", "")) if isinstance(snapshot.partial, dict) else ""


def _partial_sources(snapshot: JobSnapshot) -> list[ChatSource]:
    """What the markers in it stand for."""
    known = snapshot.partial.get("sources") if isinstance(snapshot.partial, dict) else None
    return [ChatSource.model_validate(each) for each in known] if isinstance(known, list) else []


def _messages(snapshot: JobSnapshot) -> list[SaidMessage]:
    asked = snapshot.input if isinstance(snapshot.input, dict) else {}
    known: dict[str, Any] = {"job_id": snapshot.id, "status": snapshot.status}
    question = SaidMessage(role="user", content=str(asked.get("query", "")), created_at=snapshot.created_at, **known)
    if snapshot.result:
        answer = answer_of(snapshot.id, snapshot.result)
        known |= {"content": answer.answer, "sources": answer.sources, "found": answer.found, "mode": answer.mode}
    elif text := partial_of(snapshot):
        known |= {"content": text, "sources": _partial_sources(snapshot)}
    elif snapshot.error:
        known |= {"content": ""}
    else:
        return [question]
    said_at = snapshot.completed_at or snapshot.created_at
    return [question, SaidMessage(role="assistant", error=snapshot.error, created_at=said_at, **known)]
