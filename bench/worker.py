"""`python -m bench.worker`: a worker service on the real runtime whose jobs do nothing but what is to be measured.

It takes the enhancer's place on the bus; what a job does is named by its `task`, and how much of it by its prompt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from parley_common.contracts.enhance import Enhance
from parley_common.contracts.model import Contract
from parley_common.runtime.hosting import host
from parley_common.runtime.job import Job
from parley_common.runtime.service import WorkerService
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.stream import TextStream

BREATH = 20


class Done(Contract):
    """`at` is when the workflow came to its end, and `seconds` what is measured inside of it (monotonic clock)."""

    result: str = "done"
    at: float
    seconds: float = 0.0


async def noop(job: Job, request: Enhance) -> Done:
    return Done(at=time.monotonic())


async def ask(job: Job, request: Enhance) -> Done:
    await job.ask("go", "Go on?")
    return Done(at=time.monotonic())


async def steps(job: Job, request: Enhance) -> Done:
    began = time.monotonic()
    for number in range(int(request.lazy_prompt)):
        await job.step("nothing", _nothing, number, key=str(number))
    return Done(at=time.monotonic(), seconds=time.monotonic() - began)


async def deltas(job: Job, request: Enhance) -> Done:
    """Asks first, so that all readers are there when it begins to write."""
    number, per_second = map(int, request.lazy_prompt.split("/"))
    await job.ask("go", "Go on?")

    async def write() -> int:
        async with job.stream() as text:
            await _write_stamps(text, number, per_second)
        return number

    await job.step("write", write)
    return Done(at=time.monotonic())


async def _nothing(number: int) -> int:
    return number


async def _write_stamps(text: TextStream, number: int, per_second: int) -> None:
    """Writes the time, again and again, in even steps: readers tell by it how old what they get is."""
    began = time.monotonic()
    for index in range(number):
        ahead = began + index / per_second - time.monotonic()
        if ahead > 0:
            await asyncio.sleep(ahead)
        elif index % BREATH == 0:
            await asyncio.sleep(0)
        text.write(f"@{time.monotonic_ns()};")


WORKFLOWS: dict[str, Callable[[Job, Enhance], Awaitable[Done]]] = {
    "noop": noop,
    "ask": ask,
    "steps": steps,
    "deltas": deltas,
}


async def measured(job: Job, request: Enhance) -> Done:
    return await WORKFLOWS[request.task](job, request)


class BenchWorker:
    """The worker service with the measured workflow on it."""

    def __init__(self, settings: RuntimeSettings) -> None:
        self.service = WorkerService("enhancer", settings)
        self.service.worker.register("enhance", measured, Enhance)

    async def start(self) -> None:
        await self.service.start()

    async def stop(self) -> None:
        await self.service.stop()


if __name__ == "__main__":
    host(BenchWorker(RuntimeSettings()))
