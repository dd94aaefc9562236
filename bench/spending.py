"""What the time of a job is spent on: processor time per process, and commits, both per job."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
import psutil

from bench.measuring import MILLI
from bench.site import Servers, Site


class Spending:
    """Counts from `begin` on; `per_job` shares it out."""

    def __init__(self, servers: Servers, site: Site) -> None:
        self._site = site
        self._pids = {
            "gateway": [process.process.pid for process in site.gateways],
            "workers": [process.process.pid for process in site.workers],
            "RabbitMQ": servers.rabbit.pids,
            "PostgreSQL": servers.postgres.pids,
        }
        self._seconds: Mapping[str, float] = {}
        self._commits = 0

    async def begin(self) -> None:
        self._seconds, self._commits = self._used(), await self._committed()

    async def per_job(self, jobs: int) -> str:
        """One line: milliseconds of processor time per job and process, and the number of commits."""
        now, commits = self._used(), await self._committed() - self._commits
        shares = (f"{name} {(now[name] - self._seconds[name]) / jobs * MILLI:.2f} ms" for name in now if now[name])
        return f"processor time per job: {', '.join(shares)}; {commits / jobs:.1f} commits per job"

    def _used(self) -> dict[str, float]:
        return {name: sum(map(_seconds, pids)) for name, pids in self._pids.items()}

    async def _committed(self) -> int:
        connection = await asyncpg.connect(self._site.databases["enhancer"].replace("+asyncpg", ""))
        try:
            await connection.execute("SELECT pg_stat_clear_snapshot()")
            counted = await connection.fetchval(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            )
            return int(counted)
        finally:
            await connection.close()


def _seconds(pid: int) -> float:
    """Of a process and everything it started, ended children included."""
    process = psutil.Process(pid)
    own = process.cpu_times()
    ended = own.children_user + own.children_system
    return float(own.user + own.system + ended) + sum(map(_of_child, process.children(recursive=True)))


def _of_child(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(used.user + used.system)
