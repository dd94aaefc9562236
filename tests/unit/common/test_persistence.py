"""Trying until it works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parley_common.errors import PermanentError, RetryableError
from parley_common.persistence import persistently


class Busy(RetryableError):
    code = "busy"


async def test_what_fails_a_few_times_returns_its_result_in_the_end() -> None:
    outcomes: Iterator[Exception | str] = iter([Busy("once"), Busy("twice"), "done"])

    async def act() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    # As a plain function that returns an awaitable, which is what callers write most.
    assert await persistently(lambda: act(), on=Busy, longest=0.001) == "done"


@pytest.mark.parametrize("before", [[], [Busy("busy")]])
async def test_an_error_that_it_was_not_told_to_outlast_ends_it(before: list[Exception]) -> None:
    errors = iter([*before, PermanentError("no")])

    async def act() -> None:
        raise next(errors)

    with pytest.raises(PermanentError):
        await persistently(act, on=Busy, longest=0.001)
