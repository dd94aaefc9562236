"""Answering questions: the first valid answer in time wins, and everyone else learns which one that was."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import BaseModel, JsonValue, StringConstraints
from sqlalchemy import Row

from parley_common.contracts.events import Asked, QuestionAsked
from parley_common.contracts.jobs import FINAL, JsonObject
from parley_common.errors import Conflict, Gone, Invalid, NotFound
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.live.recent import Recent
from parley_gateway.security.principal import Principal
from parley_gateway.store import jobs, questions
from parley_gateway.work import commands

AnswerId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]


class Given(BaseModel):
    """An answer, or that there will be none (`declined`). The same `answer_id` again is the same answer again."""

    value: JsonValue = None
    declined: bool = False
    answer_id: AnswerId | None = None


class AcceptedAnswer(BaseModel):
    """The answer a question has."""

    job: UUID
    question_id: UUID
    answer_id: str
    value: JsonValue = None
    declined: bool = False


class AlreadyAnswered(Conflict):
    """Another answer was first: `accepted`."""

    code = "already_answered"

    def __init__(self, accepted: AcceptedAnswer) -> None:
        super().__init__("The question has been answered otherwise.")
        self.accepted = accepted


class Answers:
    """Decides between competing answers, and sends the one that won to the worker."""

    def __init__(self, database: Database, recent: Recent, *, resend_after: float) -> None:
        self._database = database
        self._recent = recent
        self._resend_after = timedelta(seconds=resend_after)

    async def give(self, user: Principal, job: UUID, *, question: UUID, given: Given) -> AcceptedAnswer:
        """Returns the accepted answer, also for a repeat of it.

        Raises `NotFound`, `AlreadyAnswered`, `Gone` (expired, or the job ended) or `Invalid` (breaks the schema).
        """
        if not given.declined and "value" not in given.model_fields_set:
            raise Invalid('An answer has a "value", or "declined": true.', code="answer_missing")
        answer_id = given.answer_id or _digest(given)
        async with self._database.transaction() as transaction:
            row = await jobs.lock_own(transaction, user.user, job)
            asked = await questions.find(transaction, question, of=row.id)
            if asked and asked.status == questions.ANSWERED:
                return _repeated(asked, answer_id)
            schema = asked.schema if asked else await self._add(transaction, row, question)
            if (asked and asked.status != questions.OPEN) or self._has_ended(row):
                raise Gone("The question can no longer be answered.", code="question_closed")
            _check(schema, given)
            await self._accept(transaction, row, question=question, given=given, answer_id=answer_id)
        return AcceptedAnswer(job=job, question_id=question, answer_id=answer_id, **_content(given))

    async def _accept(
        self, transaction: Transaction, row: Row[Any], *, question: UUID, given: Given, answer_id: str
    ) -> None:
        now = datetime.now(UTC)
        answered = await questions.accept(
            transaction, question, answer_id=answer_id, at=now, resend_at=now + self._resend_after, **_content(given)
        )
        if answered is None:
            raise Gone("The question expired before this answer came.", code="question_expired")
        transaction.send(commands.answer(row, answered))

    async def _add(self, transaction: Transaction, row: Row[Any], question: UUID) -> JsonObject:
        """Store a question that is so new that the recorder has not come to it, and return its schema.

        The recorder has to lock the job's row first, which this transaction has.
        """
        asked = self._just_asked(row, question)
        if asked is None:
            raise NotFound(f"The job has no question {question}.")
        await questions.add(transaction, [(row.id, asked)])
        return asked.schema_

    def _has_ended(self, row: Row[Any]) -> bool:
        """Whether the job came to its end, even if the recorder has not come to that."""
        return row.status in FINAL or any(frame.final for frame in self._recent.of(row.id, row.epoch))

    def _just_asked(self, row: Row[Any], question: UUID) -> Asked | None:
        events = (frame.event for frame in self._recent.of(row.id, row.epoch) if frame.type == "question.asked")
        asked = (event.data for event in events if isinstance(event, QuestionAsked))
        return next((data for data in asked if data.question_id == question), None)


def _content(given: Given) -> dict[str, Any]:
    return {"value": None if given.declined else given.value, "declined": given.declined}


def _repeated(asked: Row[Any], answer_id: str) -> AcceptedAnswer:
    accepted = AcceptedAnswer(
        job=asked.job,
        question_id=asked.id,
        answer_id=asked.answer_id,
        value=asked.value,
        declined=asked.declined,
    )
    if accepted.answer_id != answer_id:
        raise AlreadyAnswered(accepted)
    return accepted


def _check(schema: dict[str, JsonValue], given: Given) -> None:
    if given.declined:
        return
    try:
        Draft202012Validator(schema).validate(given.value)
    except ValidationError as error:
        raise Invalid(f"The answer does not fit the question: {error.message[:300]}", code="answer_invalid") from error


def _digest(given: Given) -> str:
    """An id for an answer that came without one: said twice, it is the same answer."""
    return hashlib.sha256(json.dumps(_content(given), sort_keys=True).encode()).hexdigest()
