"""What a worker holds in memory of a job it runs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pydantic import JsonValue

from parley_common.contracts.jobs import Budget, Priority, Problem, Usage


@dataclass(frozen=True, slots=True)
class StepRow:
    """One journaled step. `started` is written only for once-effects, before they run."""

    key: str
    name: str
    fingerprint: str
    status: Literal["started", "done", "failed"]
    output: str | None = None
    problem: Problem | None = None
    retryable: bool = False
    attempts: int = 1
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question; `outcome` is `None` while it is open."""

    id: UUID
    key: str
    prompt: str
    outcome: Literal["answered", "declined", "defaulted"] | None = None
    value: JsonValue = None


@dataclass(slots=True)
class Run:
    """One claim of a job: its identity, its fencing token, and the journal so far."""

    id: UUID
    kind: str
    owner: str
    priority: Priority
    epoch: int
    seq: int
    fence: int
    attempt: int
    input: Any
    budget: Budget
    usage: Usage
    progress: float
    partial: JsonValue
    ran_before: float
    trace: dict[str, str]
    steps: dict[str, StepRow]
    questions: dict[str, QuestionRow]
    claimed_at: float = field(default_factory=time.monotonic)
    renewed_at: float = field(default_factory=time.monotonic)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    cancelled: bool = False
    lost: bool = False

    @property
    def ran_seconds(self) -> float:
        """Seconds this job has been running, all its claims together."""
        return self.ran_before + time.monotonic() - self.claimed_at
