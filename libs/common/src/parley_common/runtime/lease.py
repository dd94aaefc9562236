"""The heartbeat that keeps a worker's leases, on a thread of its own: a busy event loop does not lose them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update

from parley_common.contracts.jobs import Status
from parley_common.errors import RetryableError
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.tables import job
from parley_common.storage.database import Database, make_engine

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat: when it was sent (monotonic seconds), for which jobs, fence and cancel flag of each lease that is
    still this worker's, and which of them it renewed. It waits for no row that somebody else holds: that is renewed
    by the next one.
    """

    sent_at: float
    held: Collection[UUID]
    mine: Mapping[UUID, tuple[int, bool]]
    renewed: Collection[UUID]


class Heartbeat:
    """Renews all leases of one worker with one statement, and tells the worker's event loop what it saw.

    `held` are the jobs that the worker runs. What it has by SQL alone, because a claim's commit was never confirmed,
    is not renewed: nobody works on that, and others may take it.
    """

    def __init__(
        self, settings: RuntimeSettings, *, service: str, worker: str, held: Callable[[], Collection[UUID]]
    ) -> None:
        self._settings = settings
        self._service = service
        self._worker = worker
        self._held = held
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, on_beat: Callable[[Beat], None]) -> None:
        """Call `on_beat` on the running loop after each heartbeat."""
        loop = asyncio.get_running_loop()

        def deliver(beat: Beat) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(on_beat, beat)

        self._thread = threading.Thread(target=self._run, args=(deliver,), name="heartbeat", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            await asyncio.to_thread(self._thread.join)

    def _run(self, deliver: Callable[[Beat], None]) -> None:
        with asyncio.Runner() as runner:
            # One engine a heartbeat thread: asyncpg connections belong to the loop that made them.
            engine = make_engine(self._settings, self._service, pooled=False)
            database = Database(engine, service=self._service, migrations=())
            while not self._stopped.wait(self._settings.heartbeat):
                if not (held := self._held()):
                    continue
                try:
                    deliver(runner.run(self._beat(database, held)))
                except RetryableError as error:
                    log.warning("heartbeat failed", reason=error.detail)
                except Exception:
                    log.exception("heartbeat failed")  # without heartbeats, every job would be taken away: go on
            runner.run(database.close())

    async def _beat(self, database: Database, held: Collection[UUID]) -> Beat:
        sent_at = time.monotonic()
        mine = job.c.id.in_(held), job.c.lease_owner == self._worker, job.c.status == Status.RUNNING
        # A process that froze with one of these rows in its hands must not cost this worker all of its leases.
        free = select(job.c.id).where(*mine).with_for_update(skip_locked=True).cte("free")
        until = datetime.now(UTC) + timedelta(seconds=self._settings.lease)
        renewal = update(job).where(job.c.id.in_(select(free.c.id))).values(lease_until=until).returning(job.c.id)
        async with database.transaction() as transaction:
            renewed = frozenset((await transaction.execute(renewal)).scalars())
            rows = await transaction.execute(select(job.c.id, job.c.fence, job.c.cancel_requested).where(*mine))
            still = {row.id: (row.fence, row.cancel_requested) for row in rows}
        return Beat(sent_at, held, still, renewed)
