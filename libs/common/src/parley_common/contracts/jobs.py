"""The nouns of a job: its status, options, budget, usage, question and problem."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, HttpUrl, JsonValue

from parley_common.contracts.model import Contract

JsonObject = dict[str, JsonValue]


class Status(StrEnum):
    """`pending → running ⇄ waiting → completed | failed | cancelled`."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class Priority(StrEnum):
    """Which of a worker's two queues a job waits in; a batch job never takes the last free slots."""

    INTERACTIVE = "interactive"
    BATCH = "batch"


class Mode(StrEnum):
    """Whether a model did the work or the deterministic engine."""

    MODEL = "model"
    OFFLINE = "offline"


class Budget(Contract):
    """What a job may spend at most; `None` means the service's own limit. `seconds` counts running, not waiting."""

    tokens: Annotated[int, Field(ge=1)] | None = None
    calls: Annotated[int, Field(ge=1)] | None = None
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Options(Contract):
    """Creation options every submitting route accepts beside its own fields."""

    priority: Priority = Priority.INTERACTIVE
    webhook_url: HttpUrl | None = None
    notify_email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    run_at: AwareDatetime | None = None
    budget: Budget | None = None


class Usage(Contract):
    """What a job's model calls have cost so far; `cost` in US dollars, `None` when a price is not known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


class Problem(Contract):
    """Why a job failed, safe to show: a stable code and a sentence."""

    code: str
    title: str
    detail: str
