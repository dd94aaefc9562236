"""`/v1/ws`: one socket, many jobs."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import WebSocket
from pydantic import BaseModel, Field, TypeAdapter

from parley_common.errors import Conflict
from parley_gateway.core import Core, core_of
from parley_gateway.live.following import parse_cursor
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.session import Session, admitted, open_session, read_frame
from parley_gateway.live.subscription import Reader, Subscription
from parley_gateway.security.principal import Principal
from parley_gateway.work.answers import Given

PROTOCOL = 1


class Subscribe(BaseModel):
    """Follow a job from behind `since`, which is `<epoch>:<seq>` or `<seq>`."""

    type: Literal["subscribe"]
    job: UUID
    since: str | int | None = None


class Unsubscribe(BaseModel):
    type: Literal["unsubscribe"]
    job: UUID


class Answer(Given):
    type: Literal["answer"]
    job: UUID
    question_id: UUID


class Cancel(BaseModel):
    type: Literal["cancel"]
    job: UUID


Said = Subscribe | Unsubscribe | Answer | Cancel
SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


class TooManyStreams(Conflict):
    """This socket follows as many jobs as one may."""

    code = "too_many_subscriptions"


async def follow_jobs(socket: WebSocket) -> None:
    """Follow, answer and cancel any of your jobs."""
    core = core_of(socket)
    async with admitted(socket) as user:
        if user:
            limit = core.settings.socket_backlog
            async with open_session(socket, core.hub, route="/v1/ws", limit=limit) as (session, mailbox):
                await _Conversation(core, user, session=session, mailbox=mailbox).run()


class _Conversation:
    """What one client follows and asks for."""

    def __init__(self, core: Core, user: Principal, *, session: Session, mailbox: Mailbox) -> None:
        self._core = core
        self._user = user
        self._session = session
        self._mailbox = mailbox
        self._followed: dict[UUID, Subscription] = {}

    async def run(self) -> None:
        self._session.say("hello", protocol=PROTOCOL, user=self._user.user)
        try:
            await self._session.run(self._hear)
        finally:
            for job in list(self._followed):
                self._forget(job)

    async def _hear(self, text: str | None) -> None:
        match read_frame(text, SAID):
            case Subscribe() as said:
                await self._subscribe(said)
            case Unsubscribe(job=job):
                self._forget(job)
                self._session.say("unsubscribed", job=str(job))
            case Answer() as said:
                await self._core.answers.give(self._user, said.job, question=said.question_id, given=said)
            case Cancel(job=job):
                await self._core.cancellations.request(self._user, job)

    async def _subscribe(self, said: Subscribe) -> None:
        if len(self._followed) >= self._core.settings.socket_streams and said.job not in self._followed:
            raise TooManyStreams(f"At most {self._core.settings.socket_streams} jobs on one socket.")
        followed = await self._core.following.locate(self._user, said.job, since=parse_cursor(said.since))
        self._forget(said.job)
        position = followed.position
        self._session.say(
            "subscribed",
            job=str(said.job),
            epoch=position.epoch,
            **{"from": position.seq, "to": position.latest},
            recovered=followed.recovered,
        )
        reader = Reader(self._mailbox, on_gap=self._gap(said.job), on_end=lambda: self._ended(said.job))
        self._followed[said.job] = self._core.hub.subscribe(position, reader)

    def _gap(self, job: UUID) -> Any:
        return lambda first, last: self._session.say("gap", job=str(job), **{"from": first, "to": last})

    def _ended(self, job: UUID) -> None:
        self._followed.pop(job, None)

    def _forget(self, job: UUID) -> None:
        if subscription := self._followed.pop(job, None):
            self._core.hub.unsubscribe(subscription)
