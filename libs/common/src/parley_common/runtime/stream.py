"""Text that appears while a step is running: ephemeral on the bus, never in the journal."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType

from parley_common.contracts import events as e
from parley_common.runtime.ephemeral import Ephemeral
from parley_common.runtime.run import Run


class TextStream:
    """Publishes what is written, as fast as the bus takes it: writes pile up into one delta while one is under way.

    A lost delta is no loss: a snapshot of the whole text follows about every `snapshot_every` seconds, and the text
    itself is in the step's result. Use as `async with job.stream() as text: text.write(...)`.
    """

    def __init__(self, run: Run, ephemeral: Ephemeral, *, message_id: str, snapshot_every: float) -> None:
        self.message_id = message_id
        self.text = ""
        self._run = run
        self._ephemeral = ephemeral
        self._snapshot_every = snapshot_every
        self._sent = 0
        self._written = asyncio.Event()
        self._closed = False
        self._pump: asyncio.Task[None] | None = None

    def write(self, text: str) -> None:
        """Add to the message; also what a cancelled job keeps as its partial result."""
        self.text += text
        self._run.partial = {"text": self.text}
        self._written.set()

    async def __aenter__(self) -> TextStream:
        self._pump = asyncio.create_task(self._publish_all(), name="text-stream")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._closed = True
        self._written.set()
        if self._pump:
            if kind:
                self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    async def _publish_all(self) -> None:
        snapshot_at = time.monotonic() + self._snapshot_every
        while not (self._closed and self._sent == len(self.text)):
            await self._written.wait()
            self._written.clear()
            if self._sent < len(self.text):
                delta = self.text[self._sent :]
                await self._ephemeral.publish(
                    self._run, e.Delta(message_id=self.message_id, delta=delta, offset=self._sent)
                )
                self._sent += len(delta)
            if time.monotonic() >= snapshot_at:
                await self._ephemeral.publish(self._run, e.Snapshot(message_id=self.message_id, text=self.text))
                snapshot_at = time.monotonic() + self._snapshot_every
