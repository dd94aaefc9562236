"""Cancelling: a mark on the job and a command to its worker, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from parley_common.contracts.jobs import FINAL, Status
from parley_common.errors import Conflict
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.security.principal import Principal
from parley_gateway.store import jobs
from parley_gateway.work import commands


class Finished(Conflict):
    """The job came to its end before."""

    code = "job_finished"


class Cancellations:
    """Asks workers to end jobs; the job's own final event says when that has happened."""

    def __init__(self, database: Database, *, resend_after: float) -> None:
        self._database = database
        self._resend_after = timedelta(seconds=resend_after)

    async def request(self, user: Principal, job: UUID) -> bool:
        """Whether there is something to wait for: `False` if the job has been cancelled already.

        Raises `NotFound`, or `Finished` if the job completed or failed.
        """
        async with self._database.transaction() as transaction:
            status = await self.within(transaction, user.user, job)
        if status in FINAL - {Status.CANCELLED}:
            raise Finished(f"The job has {status} and cannot be cancelled.")
        return status not in FINAL

    async def within(self, transaction: Transaction, owner: str, job: UUID) -> Status:
        """The same as part of a transaction that does more than that; the job's status is as it was. Raises `NotFound`.

        A job that has ended is left as it is.
        """
        row = await jobs.lock_own(transaction, owner, job)
        if row.status not in FINAL and row.cancel_requested_at is None:
            now = datetime.now(UTC)
            await jobs.request_cancel(transaction, job, at=now, resend_at=now + self._resend_after)
            transaction.send(commands.cancel(await jobs.lock_own(transaction, owner, job)))
        return Status(row.status)
