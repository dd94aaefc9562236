"""A document as its owner sees it: what was uploaded, and how far it is from being searchable."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from parley_common.contracts.jobs import Mode, Status
from parley_common.contracts.model import Contract
from parley_gateway.domain.processing import ProcessingStatus

TaskState = Literal["PENDING", "PROCESSING", "SUCCESS", "FAILURE"]

_STATES: dict[ProcessingStatus, TaskState] = {
    "pending": "PENDING",
    "processing": "PROCESSING",
    "completed": "SUCCESS",
    "failed": "FAILURE",
}
_WORDS: dict[Status, str] = {
    Status.PENDING: "Waiting for a worker...",
    Status.RUNNING: "Processing...",
    Status.WAITING: "Processing...",
    Status.COMPLETED: "Ready for chat",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
}


class DocumentAccepted(Contract):
    """A document and `task_id`, the job that makes it searchable, which can be followed like any job.

    `duplicate`: you had uploaded the same content before; this is that document, and nothing was done again.
    """

    id: UUID
    filename: str
    processing_status: ProcessingStatus
    task_id: UUID
    uploaded_at: AwareDatetime
    version: int
    duplicate: bool = False


class Document(Contract):
    """`processing_status` is that of `task_id`.

    `processing_error` says in words, `error_code` for programs, why it failed. `size` is in bytes. `version` counts
    changes and repetitions; `chunks`, `pages` and `characters` are known once it is completed, and some files have no
    pages. `notes` say what reading it changed or left out.
    """

    id: UUID
    filename: str
    media_type: str
    size: int
    version: int
    processing_status: ProcessingStatus
    processing_error: str | None
    error_code: str | None
    task_id: UUID
    uploaded_at: AwareDatetime
    chunks: int | None
    pages: int | None
    characters: int | None
    notes: list[str]


class DocumentDetails(Document):
    """The same with how it was read: `embedder` says whose vectors it has.

    `active_version` is the one that is searched: an older one while a newer is being made, `null` while there is none.
    """

    active_version: int | None
    embedder: str | None
    mode: Mode | None
    model: str | None


class TaskInfo(Contract):
    """What is being done, in words, and how far that is, from 0 to 1."""

    status: str
    progress: float


class Task(Contract):
    """The job behind a document."""

    task_id: UUID
    task_state: TaskState
    task_info: TaskInfo


class DocumentState(Contract):
    """`error` says in words, `error_code` for programs, why it failed."""

    document_id: UUID
    filename: str
    status: ProcessingStatus
    error: str | None
    error_code: str | None
    task: Task


class DocumentText(Contract):
    """Characters `start` to `end` of a version's text; `characters` is how many it has.

    Characters are Unicode code points, as citations count them.
    """

    document_id: UUID
    filename: str
    version: int
    characters: int
    start: int
    end: int
    text: str


def task_state(status: ProcessingStatus) -> TaskState:
    return _STATES[status]


def said(status: Status, stage: str | None) -> str:
    """What the job is doing; its stage while it runs."""
    return stage if stage and status in {Status.RUNNING, Status.WAITING} else _WORDS[status]
