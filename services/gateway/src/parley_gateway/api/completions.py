"""`/v1/chat/completions`: the same chat for clients that speak OpenAI's protocol.

Such a client keeps its conversation itself and sends it along; nothing of it is remembered here. Errors have OpenAI's
shape, so these routes are not in the OpenAPI document, in which every error is a problem.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException

from parley_common.contracts.chat import ChatMessage
from parley_common.contracts.events import JobCancelled, JobCompleted, JobFailed, MessageDelta
from parley_common.contracts.jobs import Problem, Usage
from parley_common.errors import Invalid, NotFound, ParleyError, RetryableError
from parley_gateway.api.answering import events_of
from parley_gateway.api.events import FROZEN_SECONDS, PING_SECONDS, held_seat
from parley_gateway.core import Core, Provided
from parley_gateway.domain.conversation import ChatAnswer, answer_of
from parley_gateway.domain.transcript import Transcript
from parley_gateway.security.principal import CurrentUser, Principal
from parley_gateway.work.chats import answered

MODEL = "parley"
LONGEST = 8_000
# What a sentence that was an item of a list begins with.
ITEM = "-*•+ "


class OpenAIRoute(APIRoute):
    """Answers errors in the shape that OpenAI's clients read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except ParleyError as error:
                return _error(error.status, error.code, error.detail)
            except RequestValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"][1:])
                return _error(400, "invalid_request", f"{field}: {first['msg']}", param=field)
            except HTTPException as error:
                return _error(error.status_code, "invalid_request", str(error.detail))

        return handled


router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute, include_in_schema=False)


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class SentMessage(BaseModel):
    """One message as clients send it; those of the system are not followed: what is answered comes from documents."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool = False


class CompletionRequest(BaseModel):
    """What is read of a request; sampling parameters have no meaning here and are passed over."""

    model: str
    messages: Annotated[list[SentMessage], Field(min_length=1, max_length=200)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] = 1


@router.get("/models")
async def list_models(_user: CurrentUser) -> dict[str, Any]:
    """The one model there is."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{model}")
async def get_model(model: str, _user: CurrentUser) -> dict[str, Any]:
    """The one model there is, by its name."""
    _check_model(model)
    return _model()


@router.post("/chat/completions")
async def complete(
    request: CompletionRequest, user: CurrentUser, core: Provided, _seat: Annotated[None, Depends(held_seat)]
) -> Response:
    """Answer the last message from the caller's documents."""
    _check_model(request.model)
    query, history = _asked(request.messages)
    job = await core.chats.ask_once(user, query, history)
    if request.stream:
        usage = bool(request.stream_options and request.stream_options.include_usage)
        stream = _streamed(core, user, job, usage=usage)
        return EventSourceResponse(stream, ping=PING_SECONDS, send_timeout=FROZEN_SECONDS, sep="\n")
    ended = await core.chats.ended(user, job, within=core.settings.chat_wait)
    if ended is None:
        raise RetryableError("There was no answer in time.", code="answer_timeout", status=504)
    return JSONResponse(_completion(answered(ended), created=ended.created_at))


def _asked(messages: list[SentMessage]) -> tuple[str, list[ChatMessage]]:
    """The question, and what was said before it."""
    if messages[-1].role != "user" or not messages[-1].text.strip():
        raise Invalid("The last message must be a question of the user.", code="invalid_messages", status=400)
    if len(messages[-1].text) > LONGEST:
        raise Invalid(f"A question has at most {LONGEST} characters.", code="invalid_messages", status=400)
    said = [each for each in messages[:-1] if each.role in ("user", "assistant") and each.text]
    history = [ChatMessage.model_validate({"role": each.role, "content": each.text}) for each in said]
    return messages[-1].text, history


async def _streamed(core: Core, user: Principal, job: UUID, *, usage: bool) -> AsyncIterator[bytes]:
    told = Transcript()
    chunk = _Chunks(job, datetime.now(UTC), nullable_usage=usage)
    yield chunk.of({"role": "assistant", "content": ""})
    async for event in events_of(core, user, job):
        match event:
            case MessageDelta(data=data):
                if news := told.add(data):
                    yield chunk.of({"content": news})
            case JobCompleted(data=data):
                for each in _ended(told, answer_of(job, data.result), chunk, usage=usage):
                    yield each
                return
            case JobFailed(data=data):
                yield _failed(data.problem)
                return
            case JobCancelled():
                yield chunk.of({}, finish="stop")
                yield b"data: [DONE]\n\n"
                return
    yield _failed(Problem(code="interrupted", title="Interrupted", detail="The server is stopping; ask again."))


def _ended(told: Transcript, answer: ChatAnswer, chunk: _Chunks, *, usage: bool) -> list[bytes]:
    news = told.rest(answer.answer)
    if told.restarted and not answer.revised:
        return [_failed(Problem(code="interrupted", title="Interrupted", detail="The answer began anew; ask again."))]
    said = _correction(answer) if told.restarted else news
    rest = [chunk.of({"content": said})] if said else []
    last = chunk.of({}, finish="stop", parley=_extension(answer))
    spent = [chunk.usage(answer.usage)] if usage else []
    return [*rest, last, *spent, b"data: [DONE]\n\n"]


class _Chunks:
    """The chunks of one streamed completion."""

    def __init__(self, job: UUID, created: datetime, *, nullable_usage: bool) -> None:
        self._common = {
            "id": f"chatcmpl-{job.hex}",
            "object": "chat.completion.chunk",
            "created": int(created.timestamp()),
            "model": MODEL,
        }
        self._usage: dict[str, Any] = {"usage": None} if nullable_usage else {}

    def of(self, delta: dict[str, str], *, finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse({**self._common, "choices": [choice], **self._usage, **more})

    def usage(self, usage: Usage) -> bytes:
        return _sse({**self._common, "choices": [], "usage": _usage(usage)})


def _completion(answer: ChatAnswer, *, created: datetime) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.answer, "refusal": None}
    return {
        "id": f"chatcmpl-{answer.job_id.hex}",
        "object": "chat.completion",
        "created": int(created.timestamp()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer.usage),
        "parley": _extension(answer),
    }


def _correction(answer: ChatAnswer) -> str:
    """What was streamed cannot be taken back in this protocol, only corrected; `parley.answer` is the answer."""
    lines = "".join(f"\n- {each.lstrip(ITEM)}" for each in answer.left_out)
    return f"\n\nCorrection: your documents do not say this.{lines}" if lines else ""


def _extension(answer: ChatAnswer) -> dict[str, Any]:
    """What OpenAI's shape has no place for."""
    shown = {
        "job_id",
        "answer",
        "left_out",
        "revised",
        "sources",
        "found",
        "chat_context_used",
        "mode",
        "model",
        "notes",
    }
    return answer.model_dump(mode="json", include=shown)


def _usage(usage: Usage) -> dict[str, int]:
    read, written = usage.tokens_in, usage.tokens_out
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _check_model(model: str) -> None:
    if model != MODEL:
        raise NotFound(f"There is no model {model!r} here: use {MODEL!r}.", code="model_not_found")


def _failed(problem: Problem) -> bytes:
    return _sse(_body(problem.code, problem.detail, kind="server_error"))


def _error(status: int, code: str, message: str, *, param: str | None = None) -> JSONResponse:
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "invalid_request_error" if status < 500 else "server_error")
    headers = {"WWW-Authenticate": 'Bearer realm="parley"'} if status == 401 else None
    return JSONResponse(_body(code, message, kind=kind, param=param), status, headers)


def _body(code: str, message: str, *, kind: str, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _sse(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\n\n"
