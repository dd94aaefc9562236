"""Asking in a conversation, waiting for the answer, and deleting conversations."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints
from uuid_utils.compat import uuid7

from parley_common.contracts.chat import Chat, ChatMessage, ForgetConversation
from parley_common.contracts.jobs import FINAL, Options, Status
from parley_common.contracts.model import Contract
from parley_common.errors import Conflict, PermanentError
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.conversation import ChatAnswer, answer_of, partial_of
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.idempotency import Answer, IdempotencyKey
from parley_gateway.live.following import Following
from parley_gateway.live.hub import Hub
from parley_gateway.security.principal import Principal
from parley_gateway.store import conversations
from parley_gateway.work.cancellations import Cancellations, Finished
from parley_gateway.work.submissions import Submissions

KIND = "chat"
FORGET = "forget_conversation"
LOOK_AGAIN = 5.0
AT_ONCE = 100


class ChatQuestion(Contract):
    """A question; without a `conversation_id` it begins a conversation."""

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
    conversation_id: UUID | None = None


class ChatAccepted(BaseModel):
    """The job that answers, and the conversation it answers in."""

    job_id: UUID
    conversation_id: UUID | None
    status: str = "processing"


class AnswerFailed(PermanentError):
    """The job that was to answer failed."""

    code = "answer_failed"
    status = 502


class AnswerStopped(Conflict):
    """The answer was stopped; what there was of it is `partial`."""

    code = "answer_stopped"

    def __init__(self, partial: str) -> None:
        super().__init__("The answer was stopped before it was complete.")
        self.partial = partial


class Chats:
    """Questions as jobs, and conversations as what they have in common."""

    def __init__(
        self,
        database: Database,
        *,
        submissions: Submissions,
        cancellations: Cancellations,
        following: Following,
        hub: Hub,
    ) -> None:
        self._database = database
        self._submissions = submissions
        self._cancellations = cancellations
        self._following = following
        self._hub = hub

    async def ask(
        self, user: Principal, asked: ChatQuestion, *, options: Options, key: IdempotencyKey | None
    ) -> Answer:
        """Begin to answer; the body is a `ChatAccepted`. Raises `NotFound` for a conversation of somebody else."""
        identity = asked.conversation_id or uuid7()

        async def beside(transaction: Transaction, _: UUID) -> None:
            if asked.conversation_id:
                await conversations.go_on(transaction, identity, owner=user.user)
            else:
                await conversations.begin(transaction, identity, owner=user.user, query=asked.query)

        return await self._submissions.submit(
            user,
            KIND,
            work=Chat(query=asked.query, conversation=identity),
            options=options,
            key=key,
            subject=identity,
            beside=beside,
            answer=lambda job: ChatAccepted(job_id=job, conversation_id=identity).model_dump(mode="json"),
        )

    async def ask_once(self, user: Principal, query: str, history: list[ChatMessage]) -> UUID:
        """Begin to answer a client that keeps its conversation itself; nothing is remembered here."""
        answer = await self._submissions.submit(
            user,
            KIND,
            work=Chat(query=query, history=history),
            options=Options(),
            key=None,
            answer=lambda job: ChatAccepted(job_id=job, conversation_id=None).model_dump(mode="json"),
        )
        return accepted_of(answer).job_id

    async def ended(self, user: Principal, job: UUID, *, within: float) -> JobSnapshot | None:
        """The job once it has ended, or `None` if it has not in so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while (snapshot := await self._following.snapshot(user.user, job)).status not in FINAL:
                    # A final event that never comes here is in the database all the same.
                    await self._hub.ended(job, snapshot.epoch, within=LOOK_AGAIN)
                return snapshot
        return None

    async def forget(self, user: Principal, identity: UUID) -> UUID:
        """The conversation is gone at once; the job that removes its traces is returned. Raises `NotFound`."""
        async with self._database.transaction() as transaction:
            running = await conversations.forget(transaction, identity, owner=user.user)
            job = await self._submissions.accept(
                transaction,
                user.user,
                FORGET,
                work=ForgetConversation(conversation=identity),
                options=Options(),
                subject=None,
            )
        for answering in running:
            with suppress(Finished):
                await self._cancellations.request(user, answering)
        return job

    async def remove_forgotten(self) -> None:
        """Delete what is stored here of deleted conversations, once nothing happens in them any more."""
        removed = AT_ONCE
        while removed == AT_ONCE:
            async with self._database.transaction() as transaction:
                removed = await conversations.remove_forgotten(transaction, limit=AT_ONCE)


def accepted_of(answer: Answer) -> ChatAccepted:
    return ChatAccepted.model_validate(answer.body)


def answered(snapshot: JobSnapshot) -> ChatAnswer:
    """What came of a job that has ended; raises `AnswerFailed` or `AnswerStopped`."""
    if snapshot.status is Status.CANCELLED:
        raise AnswerStopped(partial_of(snapshot))
    if snapshot.error:
        raise AnswerFailed(snapshot.error.detail, code=snapshot.error.code)
    return answer_of(snapshot.id, snapshot.result)
