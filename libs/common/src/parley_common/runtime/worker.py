"""A worker: takes jobs off the bus, runs them in tasks of its own, and gives back every job it cannot end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable
from uuid import UUID

import structlog
from faststream.rabbit import RabbitMessage
from pydantic import BaseModel
from uuid_utils.compat import uuid7

from parley_common.bus.message import command as to_command
from parley_common.contracts import events as e
from parley_common.contracts.commands import AnswerQuestion, CancelJob, ResumeJob, StartJob
from parley_common.contracts.jobs import Mode, Priority
from parley_common.runtime.claims import Claims
from parley_common.runtime.ephemeral import Ephemeral
from parley_common.runtime.execution import Executor, Kind, Workflow
from parley_common.runtime.journal import Journal
from parley_common.runtime.lease import Beat, Heartbeat
from parley_common.runtime.ledgers import open_ledger
from parley_common.runtime.run import Run
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.slots import Slots
from parley_common.runtime.sweeper import Sweeper
from parley_common.storage.database import Database
from parley_common.storage.relay import Publisher
from parley_common.uninterrupted import uninterrupted

log = structlog.get_logger()


class Worker:
    """Runs one service's jobs. `mode` and `model` say who does the thinking; they go into events and results."""

    def __init__(
        self,
        *,
        service: str,
        database: Database,
        bus: Publisher,
        settings: RuntimeSettings,
        mode: Mode = Mode.OFFLINE,
        model: str | None = None,
    ) -> None:
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid7().hex[-6:]}"
        self.service = service
        self._bus = bus
        self._settings = settings
        ledger = open_ledger(database)
        self._claims = Claims(
            database, ledger, settings, worker=self.id, engine=e.Started(attempt=1, mode=mode, model=model)
        )
        self._executor = Executor(
            Journal(database, ledger, settings),
            Ephemeral(bus, service),
            settings,
            lambda: self._draining,
            mode,
            model,
        )
        self._slots = Slots(settings.slots, batch=settings.batch_slots)
        self._sweeper = Sweeper(database, self._claims, settings)
        self._heartbeat = Heartbeat(settings, service=service, worker=self.id, held=lambda: list(self._runs))
        self._kinds: dict[str, Kind] = {}
        self._runs: dict[UUID, tuple[Run, asyncio.Task[None]]] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._draining = False

    def register(self, kind: str, workflow: Workflow, input: type[BaseModel]) -> None:
        """Jobs of this kind run this workflow, with their input as this model."""
        self._kinds[kind] = Kind(workflow, input)

    @property
    def running(self) -> int:
        """How many slots are taken."""
        return len(self._runs)

    async def start(self) -> None:
        self._heartbeat.start(self._on_beat)
        self._sweeping = asyncio.create_task(self._sweeper.run(), name="sweeper")

    def drain(self) -> None:
        """Begin to stop: no job is claimed any more, and each running one is handed over before its next step."""
        self._draining = True

    async def stop(self) -> None:
        """Give running steps `stop_grace` seconds, then hand over what is left.

        Consumers stop before, the relay after.
        """
        self.drain()
        tasks = [task for _, task in self._runs.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=self._settings.stop_grace)
        for task in [*tasks, *([self._sweeping] if self._sweeping else [])]:
            task.cancel()
        await asyncio.gather(*tasks, *([self._sweeping] if self._sweeping else []), return_exceptions=True)
        await self._heartbeat.stop()

    async def claim(self, command: StartJob | ResumeJob, message: RabbitMessage) -> None:
        """Wait for a slot, claim the job, ack, and run it. Without a slot in time the message goes to the tail."""
        if not await self._slots.acquire(command.priority, timeout=self._settings.slot_wait):
            await self._to_the_tail(command)
        elif self._draining:
            self._slots.release(command.priority)
            await message.nack()
            return
        else:
            await uninterrupted(self._run_claimed(command.priority, self._claimed(command)))
        await message.ack()

    async def answer(self, command: AnswerQuestion) -> None:
        """Apply an answer; go on here if a slot is free, else wake whoever has one."""
        if self._draining or not await self._slots.try_acquire(Priority.INTERACTIVE):
            await self._claims.answer(command, claim=False)
        else:
            await uninterrupted(self._run_claimed(Priority.INTERACTIVE, self._claims.answer(command, claim=True)))

    async def cancel(self, command: CancelJob) -> None:
        """Cancel a job in whatever state it is; every worker hears this, and the one that runs it stops at once."""
        await self._claims.cancel(command)
        if (held := self._runs.get(command.job)) and held[0].owner == command.owner:
            _cancel(*held)
            await asyncio.wait({held[1]}, timeout=self._settings.stop_grace)
            # It may have suspended in that very moment, and then nobody runs it who could see its flag.
            await self._claims.cancel(command)

    async def _claimed(self, command: StartJob | ResumeJob) -> Run | None:
        if isinstance(command, StartJob):
            return await self._claims.start(command)
        return await self._claims.resume(command.job)

    async def _run_claimed(self, slot: Priority, claim: Awaitable[Run | None]) -> None:
        """Run what was claimed, or give the slot back; a claimed job that nobody runs would keep its lease."""
        run = None
        try:
            run = await claim
        finally:
            if run is None:
                self._slots.release(slot)
        if run:
            self._spawn(run, slot=slot)

    async def _to_the_tail(self, command: StartJob | ResumeJob) -> None:
        name = command.verb if isinstance(command, StartJob) else "resume"
        await self._bus.publish(to_command(self.service, name, command, priority=command.priority))

    def _spawn(self, run: Run, *, slot: Priority) -> None:
        """Run the job in a task of the worker's own: a handler's would die with its channel."""
        task = asyncio.create_task(self._executor.execute(run, self._kinds[run.kind]), name=f"job {run.id}")
        self._runs[run.id] = (run, task)

        def done(task: asyncio.Task[None]) -> None:
            self._slots.release(slot)
            if not task.cancelled() and (error := task.exception()):
                log.error("run ended by a bug; its lease will run out", job=str(run.id), exc_info=error)
            if self._runs.get(run.id) == (run, task):
                del self._runs[run.id]

        task.add_done_callback(done)

    def _on_beat(self, beat: Beat) -> None:
        for run, task in list(self._runs.values()):
            if run.id not in beat.held or run.claimed_at > beat.sent_at:
                continue
            fence, cancel_requested = beat.mine.get(run.id, (0, False))
            if fence != run.fence:
                run.lost = True
                task.cancel()
            elif cancel_requested:
                _cancel(run, task)
            elif run.id in beat.renewed:
                run.renewed_at = beat.sent_at


def _cancel(run: Run, task: asyncio.Task[None]) -> None:
    if not run.cancelled:
        run.cancelled = True
        task.cancel()
