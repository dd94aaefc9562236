"""Running a step that the journal does not have yet: attempts, their cost, and the row they end in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from opentelemetry import trace
from pydantic import TypeAdapter
from tenacity import RetryCallState

from parley_common.contracts import events as e
from parley_common.contracts.model import Contract
from parley_common.errors import ParleyError, RetryableError
from parley_common.metering import metered
from parley_common.runtime.journal import Journal
from parley_common.runtime.meter import StepMeter
from parley_common.runtime.run import Run, StepRow
from parley_common.runtime.steps import Retry, StepTimeout, attempts, problem_of

T = TypeVar("T")
tracer = trace.get_tracer("parley.runtime")


@dataclass(frozen=True, slots=True)
class Effect(Generic[T]):
    """A step as its workflow wrote it."""

    call: Callable[[], Awaitable[T]]
    adapter: TypeAdapter[Any]
    policy: Retry
    timeout: float | None
    events: Callable[[T], Iterable[Contract]] | None


async def perform(
    effect: Effect[T], row: StepRow, *, run: Run, journal: Journal, ready: Callable[[], Awaitable[None]]
) -> StepRow:
    """Try the effect as its policy says and journal how it ended; `ready` is awaited before each attempt.

    Raises the `ParleyError` of the last attempt, journaled; a bug is not journaled, so a mended worker tries again.
    """
    began, meter = time.monotonic(), StepMeter(run, journal)

    async def retrying(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ParleyError):
            await journal.record(
                run, said(replace(so_far(state.attempt_number), problem=problem_of(error)), "retrying")
            )

    def so_far(number: int) -> StepRow:
        return replace(row, attempts=number, seconds=round(time.monotonic() - began, 3), usage=meter.usage)

    number = 0
    with tracer.start_as_current_span(f"step {row.name}", attributes={"parley.step": row.key}):
        try:
            async for attempt in attempts(effect.policy, before_sleep=retrying):
                with attempt:
                    number = attempt.retry_state.attempt_number
                    await ready()
                    with metered(meter):
                        value = await _within(effect.timeout, effect.call)
        except ParleyError as error:
            retryable = isinstance(error, RetryableError)
            ended = replace(so_far(number), status="failed", problem=problem_of(error), retryable=retryable)
            await journal.record(run, said(ended, "failed"), step=ended)
            raise
        output = effect.adapter.dump_json(value).decode()
        ended = replace(so_far(number), status="done", output=output)
        extra = tuple(effect.events(value)) if effect.events else ()
        await journal.record(run, *extra, said(ended, "completed"), step=ended)
    return ended


def said(row: StepRow, status: Any) -> e.Step:
    """The event that tells of a step."""
    return e.Step(
        key=row.key,
        name=row.name,
        status=status,
        attempt=row.attempts,
        seconds=row.seconds,
        problem=row.problem,
        usage=row.usage if row.usage.calls else None,
    )


async def _within(seconds: float | None, call: Callable[[], Awaitable[T]]) -> T:
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            return await call()
    except TimeoutError as error:
        if not deadline.expired():
            raise
        raise StepTimeout(f"the step took longer than {seconds} seconds") from error
