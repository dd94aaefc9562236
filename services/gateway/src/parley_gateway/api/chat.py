"""`/api/chat`: questions about your documents, answered at once, as a stream, or as a job to follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import Row
from sse_starlette import EventSourceResponse

from parley_common.contracts.events import JobCancelled, JobCompleted, JobFailed, JobProgress, MessageDelta
from parley_common.contracts.jobs import FINAL, Options
from parley_common.contracts.model import part_of
from parley_gateway.api.answering import events_of
from parley_gateway.api.events import FROZEN_SECONDS, PING_SECONDS, held_seat
from parley_gateway.core import Core, Provided
from parley_gateway.domain.conversation import ChatAnswer, Conversation, ConversationDetails, answer_of, messages_of
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.domain.transcript import Transcript
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody, ProblemResponse, problem
from parley_gateway.security.principal import CurrentUser, Principal
from parley_gateway.work.chats import KIND, AnswerStopped, ChatAccepted, ChatQuestion, accepted_of, answered

router = APIRouter(prefix="/api/chat", tags=["chat"])

Limit = Annotated[int, Query(ge=1, le=200)]


class ChatRequest(ChatQuestion, Options):
    """A question, and how its job is to be run."""


class ConversationPage(BaseModel):
    """The newest conversations first; `next_cursor` leads to the older ones, `null` where there are none."""

    conversations: list[Conversation]
    next_cursor: str | None


@router.post(
    "",
    response_model=ChatAnswer,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "The answer, or its events as it is written."},
        202: {"model": ChatAccepted, "description": "Not answered in time, or not to be waited for: follow the job."},
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "The answer was stopped; `partial` is what there was of it."},
        502: {"model": ProblemBody, "description": "The model could not answer."},
    },
)
async def chat(
    request: ChatRequest,
    user: CurrentUser,
    core: Provided,
    key: Idempotent,
    _seat: Annotated[None, Depends(held_seat)],
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    prefer: Annotated[str, Header(description="`respond-async` waits for nothing (RFC 7240).")] = "",
) -> Response:
    """Ask; `Accept: text/event-stream` shows the answer as it is written. `Location` is the job."""
    options = part_of(request, Options)
    begun = await core.chats.ask(user, part_of(request, ChatQuestion), options=options, key=key)
    if options.run_at or "respond-async" in prefer:
        return begun.response()
    accepted = accepted_of(begun)
    if "text/event-stream" in accept:
        stream = _streamed(core, user, accepted)
        return EventSourceResponse(
            stream, headers=begun.headers, ping=PING_SECONDS, send_timeout=FROZEN_SECONDS, sep="\n"
        )
    ended = await core.chats.ended(user, accepted.job_id, within=core.settings.chat_wait)
    if ended is None:
        return begun.response()
    return JSONResponse(answered(ended).model_dump(mode="json"), headers={"Location": begun.headers["Location"]})


@router.get("/conversations")
async def list_conversations(
    user: CurrentUser, core: Provided, limit: Limit = 50, cursor: UUID | None = None
) -> ConversationPage:
    """Your conversations."""
    found = await core.conversations.page(user.user, limit=limit + 1, before=cursor)
    more = len(found) > limit
    return ConversationPage(
        conversations=[Conversation.model_validate(_conversation(row)) for row in found[:limit]],
        next_cursor=str(found[limit - 1].id) if more else None,
    )


@router.get("/conversations/{conversation}", responses={404: {"model": ProblemBody}})
async def get_conversation(
    conversation: UUID, user: CurrentUser, core: Provided, limit: Limit = 50, cursor: UUID | None = None
) -> ConversationDetails:
    """What was said in a conversation, each answer with its sources; `limit` counts questions."""
    row = await core.conversations.get(user.user, conversation)
    found = await core.jobs.page(user.user, limit=limit + 1, before=cursor, kind=KIND, subject=conversation)
    more = len(found) > limit
    shown = [await _now(core, user, each) for each in found[:limit]]
    return ConversationDetails(
        **_conversation(row), messages=messages_of(shown), next_cursor=str(found[limit - 1].id) if more else None
    )


@router.delete("/conversations/{conversation}", status_code=204, responses={404: {"model": ProblemBody}})
async def delete_conversation(conversation: UUID, user: CurrentUser, core: Provided) -> Response:
    """Delete a conversation and what is remembered of it; `Location` is the job that proves that nothing is left."""
    job = await core.chats.forget(user, conversation)
    return Response(status_code=204, headers={"Location": f"/v1/jobs/{job}"})


def install(app: FastAPI) -> None:
    """Let whoever waited for an answer that was stopped see how far it had come."""
    app.add_exception_handler(AnswerStopped, _on_stopped)


async def _streamed(core: Core, user: Principal, accepted: ChatAccepted) -> AsyncIterator[bytes]:
    told = Transcript()
    yield _sse("accepted", accepted.model_dump(mode="json"))
    async for event in events_of(core, user, accepted.job_id):
        match event:
            case JobProgress(data=data):
                yield _sse("progress", data.model_dump(mode="json"))
            case MessageDelta(data=data):
                if news := told.add(data):
                    yield _sse("delta", {"delta": news})
            case JobCompleted(data=data):
                for each in _ended(told, answer_of(accepted.job_id, data.result)):
                    yield each
            case JobFailed(data=data):
                yield _sse("error", data.problem.model_dump(mode="json"))
            case JobCancelled(data=data):
                yield _sse("stopped", {"partial": data.partial})


def _ended(told: Transcript, answer: ChatAnswer) -> list[bytes]:
    """What is missing of the text, the sources, and all of the answer once more."""
    news = told.rest(answer.answer)
    whole = answer.model_dump(mode="json")
    restart = [_sse("restart", {})] if told.restarted else []
    delta = [_sse("delta", {"delta": news})] if news else []
    return [*restart, *delta, _sse("sources", {"sources": whole["sources"]}), _sse("done", whole)]


def _sse(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + to_json(data) + b"\n\n"


async def _now(core: Core, user: Principal, stored: JobSnapshot) -> JobSnapshot:
    """Clients see a job's last event a moment before it is stored."""
    return stored if stored.status in FINAL else await core.following.snapshot(user.user, stored.id)


def _conversation(row: Row[Any]) -> dict[str, Any]:
    return {
        "conversation_id": row.id,
        "title": row.title,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


async def _on_stopped(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, AnswerStopped)  # noqa: S101 - registered for nothing else
    return problem(error.status, error.code, detail=error.detail, extensions={"partial": error.partial})
