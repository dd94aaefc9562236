"""`/ws/enhance/{task_id}`: one enhancement, its question included; whoever connects late or again misses nothing."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import WebSocket
from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from parley_common.contracts.events import (
    JobCancelled,
    JobCompleted,
    JobFailed,
    JobProgress,
    MessageDelta,
    QuestionAnswered,
    QuestionAsked,
    QuestionExpired,
)
from parley_common.errors import Conflict, Invalid, NotFound
from parley_gateway.core import Core, core_of
from parley_gateway.domain.frames import Frame
from parley_gateway.live.following import Followed, parse_cursor
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.session import UNKNOWN, Session, admitted, open_session, read_frame
from parley_gateway.live.subscription import Reader
from parley_gateway.security.origin import POLICY_VIOLATION
from parley_gateway.security.principal import Principal
from parley_gateway.work.answers import Given

KIND = "enhance"


class UserAnswer(BaseModel):
    """The answer to the open question, or to the one named."""

    type: Literal["user_answer"]
    answer: JsonValue
    question_id: UUID | None = None


class UserCancel(BaseModel):
    """Declines the question; the job goes on without an answer."""

    type: Literal["user_cancel"]
    question_id: UUID | None = None


Said = UserAnswer | UserCancel
SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


class NothingAsked(Conflict):
    """There is no open question."""

    code = "no_open_question"


async def follow_enhancement(socket: WebSocket) -> None:
    """Follow the enhancement named in the path, behind the query's `after`, and answer its question."""
    core = core_of(socket)
    async with admitted(socket) as user:
        if user is None:
            return
        try:
            followed = await _locate(core, user, socket)
        except (NotFound, Invalid) as error:
            await socket.close(UNKNOWN if isinstance(error, NotFound) else POLICY_VIOLATION, error.detail)
            return
        limit = core.settings.socket_backlog
        async with open_session(socket, core.hub, route="/ws/enhance", limit=limit) as (session, mailbox):
            await _Conversation(core, user, followed=followed, session=session, mailbox=mailbox).run()


def translated(frame: Frame) -> str | None:
    """The event as a frame of this socket; `None` for those it does not have."""
    members = _members(frame)
    if members is None:
        return None
    seq = {} if frame.seq is None else {"seq": frame.seq}
    return json.dumps({**members, **seq}, separators=(",", ":"), ensure_ascii=False)


def _members(frame: Frame) -> dict[str, Any] | None:
    match frame.event:
        case QuestionAsked(data=data):
            asked = data.model_dump(mode="json", exclude={"prompt"})
            return {"type": "user_question", "question": data.prompt, **asked}
        case QuestionAnswered(data=data):
            return {"type": "question_answered", "answer": data.value, **data.model_dump(mode="json")}
        case QuestionExpired(data=data):
            return {"type": "question_expired", **data.model_dump(mode="json")}
        case JobProgress(data=data):
            return {"type": "progress", **data.model_dump(mode="json")}
        case MessageDelta(data=data):
            return {"type": "delta", **data.model_dump(mode="json")}
        case JobCompleted(data=data):
            result = data.result if isinstance(data.result, dict) else {"result": data.result}
            return {**result, "type": "task_complete"}
        case JobFailed(data=data):
            return {"type": "task_error", "error": data.problem.detail, "code": data.problem.code}
        case JobCancelled():
            return {"type": "task_error", "error": "The job was cancelled.", "code": "cancelled"}
        case _:
            return None


async def _locate(core: Core, user: Principal, socket: WebSocket) -> Followed:
    try:
        job = UUID(socket.path_params["task_id"])
    except ValueError as error:
        raise NotFound("This is not the id of a job.") from error
    followed = await core.following.locate(user, job, since=parse_cursor(socket.query_params.get("after")))
    if followed.snapshot.kind != KIND:
        raise NotFound("This is not an enhancement.")
    return followed


class _Conversation:
    """One client following one enhancement."""

    def __init__(self, core: Core, user: Principal, *, followed: Followed, session: Session, mailbox: Mailbox) -> None:
        self._core = core
        self._user = user
        self._followed = followed
        self._session = session
        self._mailbox = mailbox
        self._job = followed.position.job
        self._settled = followed.settled
        self._asked: UUID | None = None

    async def run(self) -> None:
        reader = Reader(
            self._mailbox, view=translated, wanted=self._wanted, on_gap=self._gap, on_end=self._mailbox.close
        )
        with self._core.hub.following(self._followed.position, reader):
            if self._seen_all():
                self._mailbox.close()
            await self._session.run(self._hear)

    def _seen_all(self) -> bool:
        position = self._followed.position
        return self._followed.snapshot.completed_at is not None and position.seq >= position.latest

    def _wanted(self, frame: Frame) -> bool:
        """Ask nothing that has been answered; remember what has been asked."""
        if frame.type != "question.asked" or not isinstance(frame.event, QuestionAsked):
            return True
        question = frame.event.data.question_id
        if question in self._settled:
            return False
        self._asked = question
        return True

    def _gap(self, first: int, last: int) -> None:
        self._session.say("gap", **{"from": first, "to": last})

    async def _hear(self, text: str | None) -> None:
        said: Said = read_frame(text, SAID)
        question = said.question_id or self._asked or await self._open_question()
        given = Given(declined=True) if isinstance(said, UserCancel) else Given(value=said.answer)
        await self._core.answers.give(self._user, self._job, question=question, given=given)

    async def _open_question(self) -> UUID:
        snapshot = await self._core.following.snapshot(self._user.user, self._job)
        if snapshot.question is None:
            raise NothingAsked("There is no open question.")
        return snapshot.question.question_id
