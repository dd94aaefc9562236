"""The results as text for the terminal, and as `bench/RESULTS.md`."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.measuring import Check, Figure

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("faststream", "aio-pika", "sqlalchemy", "asyncpg", "fastapi", "uvicorn", "uvloop", "celery", "channels")
INTRODUCTION = """\
# Benchmark results

Written by `make bench`: everything in one run on one machine, with real RabbitMQ, PostgreSQL and Redis processes at
their default durability. Every number is the median of the rounds.
"""


def printed(figure: Figure) -> str:
    """One figure for the terminal."""
    lines = [figure.title, *(f"    {line}" for line in (*figure.measured, *figure.notes))]
    return "\n".join([*lines, *(f"    {_verdict(check)}" for check in figure.checks)])


def write(figures: Sequence[Figure]) -> None:
    RESULTS.write_text("\n".join([INTRODUCTION, _machine(), "", *map(_section, figures)]))


def _verdict(check: Check) -> str:
    met = "met" if check.met else "NOT MET"
    return f"{check.what}: {check.value:.2f} {check.unit}, must be {check.sense} {check.bound:g} {check.unit}: {met}"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{one:.2f}" for one in psutil.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        (
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load at the end {load}",
            f"- {psutil.cpu_count()} × {_processor()}, {memory:.0f} GiB, {platform.platform()}",
            f"- Python {platform.python_version()}, {packages}",
            f"- {_servers()}",
        )
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.processor()


def _servers() -> str:
    commands = {"RabbitMQ": "rabbitmq-server", "PostgreSQL": "postgresql", "Redis": "redis-server"}
    found = []
    for name, package in commands.items():
        query = ["dpkg-query", "-W", "-f=${Version}", package]
        asked = subprocess.run(query, capture_output=True, text=True, check=False)  # noqa: S603
        found.append(f"{name} {asked.stdout or '(version unknown)'}")
    return ", ".join(found)


def _section(figure: Figure) -> str:
    checks = [
        f"| {c.what} | {c.value:.2f} {c.unit} | {c.sense} {c.bound:g} {c.unit} | {'yes' if c.met else 'no'} |"
        for c in figure.checks
    ]
    return "\n".join(
        (
            f"## {figure.title}",
            "",
            *(f"- {line}" for line in (*figure.measured, *figure.notes)),
            "",
            "| | measured | must be | met |",
            "| --- | --- | --- | --- |",
            *checks,
            "",
        )
    )
