"""Limits and periods of the job runtime."""

from __future__ import annotations

from pydantic import Field

from parley_common.settings import Settings


class RuntimeSettings(Settings):
    """Seconds unless said otherwise."""

    slots: int = Field(8, alias="PARLEY_SLOTS", ge=1)
    batch_slots: int = Field(6, alias="PARLEY_BATCH_SLOTS", ge=1)
    slot_wait: float = Field(60.0, alias="PARLEY_SLOT_WAIT")
    lease: float = Field(15.0, alias="PARLEY_LEASE", gt=0)
    heartbeat: float = Field(5.0, alias="PARLEY_HEARTBEAT", gt=0)
    sweep: float = Field(2.0, alias="PARLEY_SWEEP", gt=0)
    hint_after: float = Field(60.0, alias="PARLEY_HINT_AFTER")
    soft_limit: float = Field(55 * 60.0, alias="PARLEY_SOFT_LIMIT")
    hard_limit: float = Field(60 * 60.0, alias="PARLEY_HARD_LIMIT")
    crash_limit: int = Field(3, alias="PARLEY_CRASH_LIMIT", ge=1)
    question_timeout: float = Field(24 * 3600.0, alias="PARLEY_QUESTION_TIMEOUT")
    answer_grace: float = Field(5.0, alias="PARLEY_ANSWER_GRACE")
    step_attempts: int = Field(4, alias="PARLEY_STEP_ATTEMPTS", ge=1)
    step_backoff: float = Field(0.5, alias="PARLEY_STEP_BACKOFF")
    step_backoff_max: float = Field(30.0, alias="PARLEY_STEP_BACKOFF_MAX")
    snapshot_every: float = Field(1.0, alias="PARLEY_SNAPSHOT_EVERY")
    stop_grace: float = Field(10.0, alias="PARLEY_STOP_GRACE")
