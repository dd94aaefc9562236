"""Who pays for a model call: the step that is running, found by context, so that clients need not be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from parley_common.contracts.jobs import Usage
from parley_common.errors import PermanentError


class BudgetExceeded(PermanentError):
    """The job has spent what it may spend; no further call is started."""

    code = "budget_exceeded"
    status = 402


class Meter(Protocol):
    """Counts what calls cost and says when to stop."""

    def check(self) -> None:
        """Call before each paid call; raises `BudgetExceeded`, or stops the step if the job may no longer run."""

    async def confirm(self) -> None:
        """Await as the last thing before a paid request leaves: a process that slept may have lost the job since."""

    def charge(self, usage: Usage) -> None:
        """Call after each paid call, also one whose output was useless."""


class _Unmetered:
    def check(self) -> None:
        return None

    async def confirm(self) -> None:
        return None

    def charge(self, usage: Usage) -> None:
        return None


_current: ContextVar[Meter] = ContextVar("meter", default=_Unmetered())  # noqa: B039


def meter() -> Meter:
    """The meter of the step that is running; outside a job nothing is counted."""
    return _current.get()


@contextmanager
def metered(by: Meter) -> Iterator[None]:
    """Let `by` pay for every call made inside, tasks started inside included."""
    token = _current.set(by)
    try:
        yield
    finally:
        _current.reset(token)


def add(left: Usage, right: Usage) -> Usage:
    """The sum of two usages; a cost that is unknown on both sides stays unknown."""
    cost = None if left.cost is None and right.cost is None else (left.cost or 0.0) + (right.cost or 0.0)
    return Usage(
        calls=left.calls + right.calls,
        tokens_in=left.tokens_in + right.tokens_in,
        tokens_out=left.tokens_out + right.tokens_out,
        cost=cost,
    )
