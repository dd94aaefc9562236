"""Answering questions: the first valid answer in time wins, and everyone else learns which one that was."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import BaseModel, JsonValue, StringConstraints

from parley_common.contracts.events import Asked, QuestionAsked
from parley_common.contracts.jobs import FINAL, JsonObject
from parley_common.errors import Conflict, Gone, Invalid, NotFound
from parley_common.storage.database import Database
from parley_gateway.live.recent import Recent
from parley_gateway.security.principal import Principal
from parley_gateway.store import answers, questions
from parley_gateway.store.answers import Addressed
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
        while True:
            found = await answers.find(self._database, user.user, job, asked=question)
            if found.question and found.question.status == questions.ANSWERED:
                return _repeated(found.question, answer_id)
            if await self._accept(found, question, given=given, answer_id=answer_id):
                return AcceptedAnswer(job=job, question_id=question, answer_id=answer_id, **_content(given))
            # Another answer, or the end of the job or of the question's time, came in between.

    async def _accept(self, found: Addressed, question: UUID, *, given: Given, answer_id: str) -> bool:
        now = datetime.now(UTC)
        schema, expires_at = self._asked(found, question)
        if (found.question and found.question.status != questions.OPEN) or self._has_ended(found.job):
            raise Gone("The question can no longer be answered.", code="question_closed")
        _check(schema, given)
        if expires_at <= now:
            raise Gone("The question expired before this answer came.", code="question_expired")
        answered = SimpleNamespace(
            id=question,
            job=found.job.id,
            schema=schema,
            expires_at=expires_at,
            status=questions.ANSWERED,
            answer_id=answer_id,
            answered_at=now,
            resend_at=now + self._resend_after,
            resends=0,
            **_content(given),
        )
        return await answers.keep(self._database, vars(answered), commands.answer(found.job, answered))

    def _asked(self, found: Addressed, question: UUID) -> tuple[JsonObject, datetime]:
        """The question's schema and deadline; a very new one is known from its event only."""
        if found.question:
            return found.question.schema, found.question.expires_at
        asked = self._just_asked(found.job, question)
        if asked is None:
            raise NotFound(f"The job has no question {question}.")
        return asked.schema_, asked.expires_at

    def _has_ended(self, row: Any) -> bool:
        """Whether the job came to its end, even if the recorder has not come to that."""
        return row.status in FINAL or any(frame.final for frame in self._recent.of(row.id, row.epoch))

    def _just_asked(self, row: Any, question: UUID) -> Asked | None:
        events = (frame.event for frame in self._recent.of(row.id, row.epoch) if frame.type == "question.asked")
        asked = (event.data for event in events if isinstance(event, QuestionAsked))
        return next((data for data in asked if data.question_id == question), None)


def _content(given: Given) -> dict[str, Any]:
    return {"value": None if given.declined else given.value, "declined": given.declined}


def _repeated(asked: Any, answer_id: str) -> AcceptedAnswer:
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
