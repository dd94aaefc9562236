"""Does to processes what the schedule says, and notes whom it hit."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness.database import Rows, fetch
from harness.schedule import Action, Fault, Kind
from parley_standalone.servers import Server
from parley_standalone.stack import Stack

PATIENCE = 60.0
HELD = """
SELECT job.*, ARRAY(SELECT key::text FROM step WHERE step.job = job.id AND step.status = 'done') AS done
FROM job WHERE status = 'running' AND split_part(lease_owner, ':', 2) = $1
"""
JOBS = "SELECT * FROM job WHERE id = ANY($1::uuid[])"


@dataclass
class Injury:
    """A fault that was done to a process, from the signal (`struck`) until it served again (`over`), in seconds since
    1970. `held` are the jobs that a worker had; `after` are those of them that had ended elsewhere when it woke up.
    """

    fault: Fault
    process: str
    pid: int
    struck: float = 0.0
    over: float = 0.0
    held: Rows = field(default_factory=list)
    after: Rows = field(default_factory=list)


class Injuries:
    """Breaks one process of a stack at a time; `done` is the record of it."""

    def __init__(self, stack: Stack, *, lease: float) -> None:
        self.done: list[Injury] = []
        self._stack = stack
        self._lease = lease

    async def inflict(self, fault: Fault) -> Injury:
        """Returns when the process is back and the others have found it again."""
        server = self._target(fault)
        injury = Injury(fault, server.name, server.process.pid)
        self.done.append(injury)
        match fault.action:
            case Action.FREEZE:
                await self._freeze(server, injury)
            case Action.STOP:
                await self._note(injury)
                await server.stop()
            case Action.KILL:
                await server.kill()
                await self._note(injury)
        if fault.action is not Action.FREEZE:
            await asyncio.sleep(fault.away)
            await server.start()
        injury.over = time.time()
        await self._whole()
        return injury

    def _target(self, fault: Fault) -> Server:
        stack = self._stack
        candidates: dict[Kind, list[Server]] = {
            Kind.GATEWAY: [*stack.gateways],
            Kind.WORKER: [*stack.workers],
            Kind.RABBITMQ: [stack.rabbit],
            Kind.POSTGRES: [stack.postgres],
            Kind.REDIS: [stack.redis],
        }
        found = candidates[fault.kind]
        return found[fault.target % len(found)]

    async def _freeze(self, server: Server, injury: Injury) -> None:
        """Longer than a lease, but the two servers that leases depend on: those shorter."""
        server.pause()
        try:
            await self._note(injury)
            if injury.fault.kind in {Kind.POSTGRES, Kind.RABBITMQ}:
                await asyncio.sleep(self._lease / 3)
            else:
                await asyncio.sleep(self._lease + injury.fault.away)
            await self._taken_over(injury)
        finally:
            server.resume()

    async def _note(self, injury: Injury) -> None:
        injury.struck = time.time()
        if injury.fault.kind is Kind.WORKER:
            injury.held = await self._sql(HELD, str(injury.pid))

    async def _taken_over(self, injury: Injury) -> None:
        """Wait until nothing is held by the frozen worker any more; note what ended without it."""
        if not injury.held:
            return
        async with asyncio.timeout(PATIENCE):
            while await self._sql(HELD, str(injury.pid)):  # noqa: ASYNC110 - only the database knows
                await asyncio.sleep(0.1)
        rows = await self._sql(JOBS, [row["id"] for row in injury.held])
        injury.after = [row for row in rows if row["ended_at"]]

    async def _sql(self, query: str, *arguments: Any) -> Rows:
        return await fetch(self._stack.database_url("enhancer"), query, *arguments)

    async def _whole(self) -> None:
        """Every service has what it needs again."""
        async with asyncio.timeout(PATIENCE):
            for service in self._stack.services:
                while not await _ready(service):  # noqa: ASYNC110 - it can only be asked
                    await asyncio.sleep(0.1)


async def _ready(server: Server) -> bool:
    try:
        return await server.ready()
    except (OSError, httpx.TransportError):
        return False
