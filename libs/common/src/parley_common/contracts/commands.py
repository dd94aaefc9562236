"""Commands: imperative, one owning service each, key `<service>.<command>.v1` on `parley.commands`."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, JsonValue

from parley_common.contracts.chat import Chat, ForgetConversation
from parley_common.contracts.datasets import LoadDataset
from parley_common.contracts.documents import ForgetDocument, IngestDocument
from parley_common.contracts.enhance import Enhance
from parley_common.contracts.jobs import Budget, Priority
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Research


class JobCommand(Contract):
    """What every command about a job carries: the job, its kind and the user who owns it."""

    job: UUID
    kind: str
    owner: str


class StartJob(JobCommand):
    """Start a job. `seq` is the last number its event log has used, so that the worker goes on from there.

    A service with several kinds of jobs has a command for each: `<service>.<verb>.v1`.
    """

    verb: ClassVar[str] = "start"

    epoch: int = 1
    seq: int = 1
    priority: Priority = Priority.INTERACTIVE
    budget: Budget | None = None
    created_at: AwareDatetime


class StartEnhancement(StartJob):
    """`enhancer.start.v1`"""

    kind: Literal["enhance"] = "enhance"
    input: Enhance


class StartResearch(StartJob):
    """`research.start.v1`"""

    kind: Literal["research"] = "research"
    input: Research


class StartLoading(StartJob):
    """`research.load.v1`"""

    verb: ClassVar[str] = "load"

    kind: Literal["load_dataset"] = "load_dataset"
    input: LoadDataset


class StartIngestion(StartJob):
    """`ingest.start.v1`"""

    kind: Literal["ingest_document"] = "ingest_document"
    input: IngestDocument


class StartForgetting(StartJob):
    """`ingest.forget.v1`"""

    verb: ClassVar[str] = "forget"

    kind: Literal["forget_document"] = "forget_document"
    input: ForgetDocument


class StartChat(StartJob):
    """`chat.start.v1`"""

    kind: Literal["chat"] = "chat"
    input: Chat


class StartForgettingConversation(StartJob):
    """`chat.forget.v1`"""

    verb: ClassVar[str] = "forget"

    kind: Literal["forget_conversation"] = "forget_conversation"
    input: ForgetConversation


class AnswerQuestion(JobCommand):
    """`<service>.answer.v1`: the answer the gateway accepted; it alone decides which of several wins."""

    question_id: UUID
    answer_id: str
    value: JsonValue = None
    declined: bool = False
    answered_at: AwareDatetime


class CancelJob(JobCommand):
    """`<service>.cancel.v1`: goes to one worker for the truth in SQL and to all of them for speed."""

    epoch: int = 1
    seq: int = 1
    requested_at: AwareDatetime


class ResumeJob(JobCommand):
    """`<service>.resume.v1`: a wake-up for a job that is ready to go on; loses nothing when it is lost."""

    priority: Priority = Priority.INTERACTIVE
