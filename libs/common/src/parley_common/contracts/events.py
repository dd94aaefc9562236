"""Events: what happened to a job, past tense, key `<service>.<type>.v1` on `parley.events`.

The body of an event on the bus is byte for byte the frame a client sees. `seq` numbers a job's journaled events
1, 2, 3 … without holes; ephemeral ones (`message.delta`, `message.snapshot`, the start of a step) have none.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue

from parley_common.contracts.jobs import JsonObject, Mode, Priority, Problem, Usage
from parley_common.contracts.model import Contract


class Accepted(Contract):
    kind: str
    priority: Priority = Priority.INTERACTIVE
    run_at: AwareDatetime | None = None


class Started(Contract):
    """`attempt` counts claims: 1 at first, more after a crash, a hand-over or an answer."""

    attempt: int
    mode: Mode | None = None
    model: str | None = None


class Step(Contract):
    """One attempt of a step; `problem` says why it did not succeed. `seconds` is its running time.

    `started` is ephemeral and said only of steps that last (over a tenth of a second), but journaled for once-effects.
    """

    key: str
    name: str
    status: Literal["started", "retrying", "completed", "failed"]
    attempt: int = 1
    seconds: float | None = None
    problem: Problem | None = None
    usage: Usage | None = None


class Progress(Contract):
    fraction: Annotated[float, Field(ge=0, le=1)]
    stage: str


class Delta(Contract):
    """`delta` starts at character `offset` of message `message_id`; a new attempt is a new message."""

    message_id: str
    delta: str
    offset: int


class Snapshot(Contract):
    """All of a message's text so far; on the bus only: a gateway that came late catches up from it."""

    message_id: str
    text: str


class Source(Contract):
    """Something from outside that the job used as context; untrusted."""

    id: str
    title: str
    url: str | None = None
    snippet: str = ""


class Artifact(Contract):
    """Something a job made besides its result."""

    id: str
    name: str
    media_type: str
    data: JsonValue = None


class Asked(Contract):
    """A question to the job's owner. `schema` is the JSON Schema an answer must match.

    At `expires_at` a `required` question fails its job; any other takes its `default`, which may be null.
    """

    question_id: UUID
    prompt: str
    schema_: Annotated[JsonObject, Field(alias="schema", default_factory=dict)]
    options: list[str] | None = None
    default: JsonValue = None
    required: bool = False
    expires_at: AwareDatetime

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)


class Answered(Contract):
    question_id: UUID
    answer_id: str
    value: JsonValue = None
    declined: bool = False


class Expired(Contract):
    """Nobody answered in time: the default was used, or the job failed for want of one."""

    question_id: UUID
    default_used: bool
    default: JsonValue = None


class Completed(Contract):
    result: JsonValue
    usage: Usage = Usage()
    mode: Mode | None = None
    model: str | None = None


class Failed(Contract):
    problem: Problem
    partial: JsonValue = None
    usage: Usage = Usage()


class Cancelled(Contract):
    partial: JsonValue = None
    usage: Usage = Usage()


class Event(Contract):
    """The frame of every event. `epoch` changes only if a job's log begins anew."""

    type: str
    job: UUID
    epoch: int = 1
    seq: int | None = None
    time: AwareDatetime


class JobAccepted(Event):
    type: Literal["job.accepted"] = "job.accepted"
    data: Accepted


class JobStarted(Event):
    type: Literal["job.started"] = "job.started"
    data: Started


class JobStep(Event):
    type: Literal["job.step"] = "job.step"
    data: Step


class JobProgress(Event):
    type: Literal["job.progress"] = "job.progress"
    data: Progress


class MessageDelta(Event):
    type: Literal["message.delta"] = "message.delta"
    data: Delta


class MessageSnapshot(Event):
    type: Literal["message.snapshot"] = "message.snapshot"
    data: Snapshot


class SourceAdded(Event):
    type: Literal["source.added"] = "source.added"
    data: Source


class ArtifactAdded(Event):
    type: Literal["artifact.added"] = "artifact.added"
    data: Artifact


class QuestionAsked(Event):
    type: Literal["question.asked"] = "question.asked"
    data: Asked


class QuestionAnswered(Event):
    type: Literal["question.answered"] = "question.answered"
    data: Answered


class QuestionExpired(Event):
    type: Literal["question.expired"] = "question.expired"
    data: Expired


class JobCompleted(Event):
    type: Literal["job.completed"] = "job.completed"
    data: Completed


class JobFailed(Event):
    type: Literal["job.failed"] = "job.failed"
    data: Failed


class JobCancelled(Event):
    type: Literal["job.cancelled"] = "job.cancelled"
    data: Cancelled


JobEvent = Annotated[
    JobAccepted
    | JobStarted
    | JobStep
    | JobProgress
    | MessageDelta
    | MessageSnapshot
    | SourceAdded
    | ArtifactAdded
    | QuestionAsked
    | QuestionAnswered
    | QuestionExpired
    | JobCompleted
    | JobFailed
    | JobCancelled,
    Field(discriminator="type"),
]
FINAL_TYPES = frozenset({"job.completed", "job.failed", "job.cancelled"})
