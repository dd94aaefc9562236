"""`python -m bench`: measure jobs, messages and sockets beside their peers."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Sequence

import uvloop

from bench.measuring import Figure
from bench.report import Part
from bench.running import run
from bench.site import running_servers
from bench.size import Size

FIGURES = ("one_job", "answer", "throughput", "everything", "steps", "waiting", "sockets", "storm")
PART = Part(
    "Benchmark results",
    """\
Written by `make bench`: everything in one run on one machine, with real RabbitMQ, PostgreSQL and Redis processes at
their default durability. Every number is the median of the rounds. What they are made of:
[docs/speed.md](../docs/speed.md).
""",
    packages=(
        "faststream", "aio-pika", "sqlalchemy", "asyncpg", "fastapi", "uvicorn", "uvloop", "celery", "channels",
    ),
    servers=("rabbitmq-server", "postgresql", "redis-server"),
)  # fmt: skip


async def measure(names: Sequence[str], size: Size) -> AsyncIterator[Figure]:
    async with running_servers() as servers:
        for name in names:
            yield await importlib.import_module(f"bench.figures.{name}").measure(servers, size)


if __name__ == "__main__":
    run("bench", PART, FIGURES, measure, loop=uvloop.run)
