"""Sends tasks to Celery workers and waits for their results."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack

from bench.site import Site, running

APP = "bench.peers.celery_app"


async def per_second(site: Site, *, processes: int, tasks: int) -> float:
    """Tasks per second, from the first one sent to the last result received."""
    env = {"BENCH_AMQP_URL": site.amqp_url, "BENCH_REDIS_URL": site.redis_url}
    worker = ["-m", "celery", "-A", APP, "worker", f"--concurrency={processes}", "--loglevel=ERROR"]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running("celery", worker, folder=site.folder, env=env))
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.peers.celery_client", str(tasks), stdout=PIPE, env={**os.environ, **env}
        )
        out, _ = await client.communicate()
    return float(json.loads(out))


def send_and_wait(tasks: int) -> float:
    from celery.result import ResultSet

    from bench.peers.celery_app import noop

    ResultSet([noop.delay() for _ in range(max(1, tasks // 10))]).join_native(timeout=60)
    began = time.monotonic()
    results = ResultSet([noop.delay() for _ in range(tasks)])
    results.join_native(timeout=300)
    return tasks / (time.monotonic() - began)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(send_and_wait(int(sys.argv[1]))))
