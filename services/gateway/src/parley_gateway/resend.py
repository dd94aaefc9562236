"""Commands that show no effect are sent again, ever more rarely: a purged queue delays work, it loses none."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from parley_common.errors import RetryableError
from parley_common.storage.database import Database
from parley_gateway.settings import GatewaySettings
from parley_gateway.store import jobs, questions
from parley_gateway.work import commands

BATCH = 100

log = structlog.get_logger()


class Resend:
    """Looks for jobs that did not start, answers that were not taken and cancellations that did not happen.

    A worker drops what it knows already, so a command too many does no harm.
    """

    def __init__(self, database: Database, settings: GatewaySettings) -> None:
        self._database = database
        self._first = settings.resend_after
        self._longest = settings.resend_at_most
        self._every = settings.resend_sweep
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="resend")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """Send what is due once more; returns how many commands that were."""
        async with self._database.transaction() as transaction:
            due = await jobs.due(transaction, limit=BATCH)
            for row in due:
                transaction.send(commands.cancel(row) if row.cancel_requested_at else commands.start_again(row))
                await jobs.postpone(transaction, row.id, by=self._pause(row.resends))
            unheard = await questions.due(transaction, limit=BATCH)
            owners = await jobs.rows(transaction, {row.job for row in unheard})
            for row in unheard:
                transaction.send(commands.answer(owners[row.job], row))
                await questions.postpone(transaction, row.id, by=self._pause(row.resends))
        return len(due) + len(unheard)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                sent = await self.sweep()
            except RetryableError as error:
                log.warning("resend failed", reason=error.detail)
            else:
                if sent:
                    log.info("commands sent again", count=sent)

    def _pause(self, resends: int) -> timedelta:
        return timedelta(seconds=min(self._first * 2.0 ** min(resends + 1, 30), self._longest))
