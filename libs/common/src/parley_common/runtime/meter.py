"""A step's meter: charges the job's usage, and refuses calls beyond its budget."""

from __future__ import annotations

import asyncio

from parley_common.contracts.jobs import Usage
from parley_common.metering import BudgetExceeded, add
from parley_common.runtime.journal import Journal
from parley_common.runtime.run import Run


class StepMeter:
    """What one attempt of a step spends; the sum also goes onto its job at once, so that budgets hold in parallel."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self.usage = Usage()
        self._run = run
        self._journal = journal

    def check(self) -> None:
        """Raises `BudgetExceeded`, or stops the step if its job was cancelled or lost in the meantime."""
        if self._run.cancelled or self._run.lost:
            raise asyncio.CancelledError
        budget, spent = self._run.budget, self._run.usage
        if budget.calls is not None and spent.calls >= budget.calls:
            raise BudgetExceeded(f"the job's budget of {budget.calls} model calls is spent")
        if budget.tokens is not None and spent.tokens_in + spent.tokens_out >= budget.tokens:
            raise BudgetExceeded(f"the job's budget of {budget.tokens} tokens is spent")

    async def confirm(self) -> None:
        """Raises `LeaseLost` if the job went to another worker while this process slept."""
        await self._journal.confirm(self._run)

    def charge(self, usage: Usage) -> None:
        self.usage = add(self.usage, usage)
        self._run.usage = add(self._run.usage, usage)
