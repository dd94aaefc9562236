"""Keeps a running stack whole: says what died, and starts services again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from parley_standalone.servers import Server, ServerError
from parley_standalone.stack.service import ServiceProcess
from parley_standalone.stack.system import Stack

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


async def watch(stack: Stack, say: Callable[[str], None]) -> None:
    """Runs until a data server dies, which raises ServerError; a service that dies is started again, more and more
    slowly while it keeps dying.
    """
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_first_end(stack.servers))
        for service in stack.services:
            tasks.create_task(_keep_alive(service, say))


async def _first_end(servers: Sequence[Server]) -> None:
    ends = {asyncio.ensure_future(server.process.wait()): server for server in servers}
    done, others = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in others:
        end.cancel()
    dead = ends[done.pop()]
    raise ServerError(f"{dead.name} ended with {dead.process.returncode}\n{dead.process.tail()}")


async def _keep_alive(service: ServiceProcess, say: Callable[[str], None]) -> None:
    pause = FIRST_PAUSE
    while True:
        code = await service.process.wait()
        say(f"{service.name} ended with {code} (log: {service.process.log}); starting it again in {pause:g} s")
        await asyncio.sleep(pause)
        try:
            await service.start()
        except ServerError as error:
            say(str(error))
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            say(f"{service.name} is back")
            pause = FIRST_PAUSE
