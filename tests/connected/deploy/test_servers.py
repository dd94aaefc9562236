"""The private servers: they serve, keep their data, break on purpose, and never stay behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from parley_common.bus import topology
from parley_common.bus.broker import Bus, make_broker
from parley_common.settings import Settings
from parley_standalone.servers import PostgresServer, RabbitServer, RedisServer, ServerError, scratch_folder

pytestmark = pytest.mark.connected
ROOT = Path(__file__).parents[3]

ORPHANS_TO_BE = """
import asyncio, os, sys
from pathlib import Path
from parley_standalone.servers import PostgresServer, RabbitServer, RedisServer, VectorServer

KINDS = (RabbitServer, PostgresServer, RedisServer, VectorServer)

async def main(folder):
    servers = [kind(folder / kind.__name__) for kind in KINDS]
    await asyncio.gather(*(server.start() for server in servers))
    print(*(pid for server in servers for pid in server.pids), flush=True)
    await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest_asyncio.fixture
async def own_redis() -> AsyncIterator[RedisServer]:
    with scratch_folder() as folder:
        async with RedisServer(folder) as server:
            yield server


@pytest_asyncio.fixture
async def own_postgres() -> AsyncIterator[PostgresServer]:
    with scratch_folder() as folder:
        async with PostgresServer(folder, services=["gateway", "enhancer"], durable=False) as server:
            yield server


async def query(url: str, statement: str) -> object:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


async def test_redis_has_its_keys_after_a_kill(own_redis: RedisServer) -> None:
    async with Redis.from_url(own_redis.url) as client:
        await client.set("kept", "yes")
    await own_redis.kill()
    await own_redis.start()
    async with Redis.from_url(own_redis.url) as client:
        assert await client.get("kept") == b"yes"


async def test_a_paused_server_answers_nothing_until_it_is_resumed(own_redis: RedisServer) -> None:
    own_redis.pause()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await own_redis.ready()
    own_redis.resume()
    assert await own_redis.ready()


async def test_a_paused_server_can_be_stopped(own_redis: RedisServer) -> None:
    own_redis.pause()
    await own_redis.stop()
    await own_redis.stop()
    assert own_redis.pids == []


async def test_postgres_has_its_rows_after_a_kill_and_a_stop(own_postgres: PostgresServer) -> None:
    url = own_postgres.database_url("gateway")
    await query(url, "CREATE TABLE kept AS SELECT 42 AS number")
    await own_postgres.kill()
    await own_postgres.start()
    await own_postgres.restart()
    assert await query(url, "SELECT number FROM kept") == 42


async def test_a_service_writes_to_its_own_schema_and_to_no_other(own_postgres: PostgresServer) -> None:
    url = own_postgres.database_url("enhancer")
    assert await query(url, "SELECT current_schema()") == "enhancer"
    with pytest.raises(Exception, match="permission denied"):
        await query(url, "CREATE TABLE gateway.intruder (id int)")


async def test_rabbit_keeps_queues_and_shows_them_in_its_management(rabbit: RabbitServer) -> None:
    url = await rabbit.create_vhost("shown")
    bus = Bus(make_broker(Settings(AMQP_URL=url), service="gateway"))
    await bus.start()
    await bus.stop()
    async with rabbit.management() as api:
        queues = {queue["name"] for queue in (await api.get("/queues/shown")).json()}
    await rabbit.delete_vhost("shown")
    assert set(topology.shared_queues()) < queues


async def test_a_server_that_cannot_start_says_why(own_redis: RedisServer, tmp_path: Path) -> None:
    second = RedisServer(tmp_path, port=own_redis.port)
    with pytest.raises(ServerError, match="Address already in use"):
        await second.start()
    assert second.pids == []


def test_nothing_stays_behind_when_the_starter_is_killed(tmp_path: Path) -> None:
    with (
        scratch_folder() as folder,
        subprocess.Popen([sys.executable, "-c", ORPHANS_TO_BE, folder], stdout=subprocess.PIPE, text=True) as starter,
    ):
        assert starter.stdout
        roots = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
        started = [child for root in roots for child in (root, *root.children(recursive=True))]
        assert len(roots) == 5, "RabbitMQ with its port mapper, PostgreSQL, Redis and the vectors"
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
        _, alive = psutil.wait_procs(started, timeout=20)
        assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
