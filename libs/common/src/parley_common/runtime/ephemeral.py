"""What is said to whoever watches now, and forgotten: no journal, no sequence number, no persistence."""

from __future__ import annotations

import asyncio

from parley_common.bus.message import event
from parley_common.contracts.model import Contract
from parley_common.errors import RetryableError
from parley_common.runtime.records import frame
from parley_common.runtime.run import Run
from parley_common.storage.relay import Publisher

MOMENT = 0.1


class Ephemeral:
    """Publishes events without a sequence number; a broker that is away just does not hear them."""

    def __init__(self, bus: Publisher, service: str) -> None:
        self._bus = bus
        self._service = service
        self._tasks: set[asyncio.Task[None]] = set()

    async def publish(self, run: Run, data: Contract) -> None:
        body = frame(data, job=run.id, epoch=run.epoch, seq=None)
        try:
            await self._bus.publish(event(self._service, body, owner=run.owner), persist=False)
        except RetryableError:
            return

    def soon(self, run: Run, data: Contract) -> asyncio.TimerHandle:
        """The same in a moment, unless the handle is cancelled before: nobody can see what is over that fast."""
        return asyncio.get_running_loop().call_later(MOMENT, self._start, run, data)

    def _start(self, run: Run, data: Contract) -> None:
        task = asyncio.create_task(self.publish(run, data), name="ephemeral")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
