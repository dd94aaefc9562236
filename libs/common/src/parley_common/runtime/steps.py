"""Steps: how they are told apart, stored and tried again."""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from parley_common.contracts.jobs import Problem
from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.runtime.run import StepRow
from parley_common.runtime.settings import RuntimeSettings


class NonDeterminismError(PermanentError):
    """A workflow did something else than its journal says; its code changed under a running job, or it is not pure."""

    code = "non_deterministic"


class StepTimeout(RetryableError):
    """A step took longer than it may."""

    code = "step_timeout"


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a step is tried, and the bounds of its exponential backoff in seconds; only retryable errors count."""

    attempts: int
    initial: float = 0.5
    maximum: float = 30.0

    @classmethod
    def default(cls, settings: RuntimeSettings) -> Retry:
        return cls(settings.step_attempts, settings.step_backoff, settings.step_backoff_max)


ONCE = Retry(attempts=1)


def attempts(policy: Retry, *, before_sleep: Callable[[RetryCallState], Awaitable[None]]) -> AsyncRetrying:
    """Tries with exponential backoff and jitter, or as long as the other side asked for, if that is longer."""
    backoff = wait_exponential_jitter(multiplier=policy.initial, max=policy.maximum, jitter=policy.initial)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, RetryableError) and error.retry_after else 0.0
        return max(backoff(state), min(asked, policy.maximum))

    return AsyncRetrying(
        stop=stop_after_attempt(policy.attempts),
        wait=wait,
        retry=retry_if_exception_type(RetryableError),
        before_sleep=before_sleep,
        reraise=True,
    )


def fingerprint(name: str, arguments: tuple[Any, ...]) -> str:
    """SHA-256 over a step's name and its arguments as canonical JSON; arguments must be JSON-able or pydantic."""
    canonical = json.dumps([name, to_jsonable_python(arguments)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def codec(fn: Callable[..., Any]) -> TypeAdapter[Any]:
    """How a step's result is stored: by the return annotation of its function."""
    while isinstance(fn, partial):
        fn = fn.func
    target = fn if hasattr(fn, "__annotations__") else type(fn).__call__
    hints = typing.get_type_hints(getattr(target, "__func__", target), include_extras=True)
    if "return" not in hints:
        raise TypeError(f"{fn!r} needs a return annotation to be a step")
    return _adapter(hints["return"])


@lru_cache(maxsize=512)
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def problem_of(error: ParleyError) -> Problem:
    return Problem(code=error.code, title=error.title, detail=error.detail)


def replayed_error(row: StepRow) -> ParleyError:
    """The error a journaled step ended with; a workflow that handled it once handles it the same way again."""
    problem = row.problem or Problem(code="failed", title="", detail="")
    kind = RetryableError if row.retryable else PermanentError
    return kind(problem.detail, code=problem.code)
