"""Real servers for the tests that ask for them: each started once a run, on free ports, and ended with the run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from xdist.scheduler import LoadFileScheduling

from parley_standalone.servers import PostgresServer, RabbitServer, RedisServer, scratch_folder
from parley_standalone.stack import SERVICES

# Files that share a stack, whose start costs more than most of their tests: one process runs them, one after another.
ON_ONE_STACK = {
    **dict.fromkeys(("test_kills", "test_seed_flow", "test_tracing", "test_waiting"), "surroundings"),
    **dict.fromkeys(("test_dead_letters", "test_limits"), "stack"),
}
# What takes long and mostly waits comes first: begun last, it would keep one core busy and leave the others idle.
FIRST = ("chaos", "browser", "e2e", "connected")


class Together(LoadFileScheduling):  # type: ignore[misc] # it has no types
    """Every file in one process, as `--dist loadfile` has it, and files on one stack or browser in the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(super()._split_scope(nodeid))
        if file.parent.name == "browser":
            return "browser"
        return ON_ONE_STACK.get(file.stem, str(file)) if file.parent.name == "e2e" else str(file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        return next((n for n, folder in enumerate(FIRST) if folder in item.path.parts), len(FIRST))

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def _only_the_settings_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` of the checkout and no key of the person running the tests reaches a test."""
    monkeypatch.chdir(tmp_path)
    models = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PARLEY_MODEL", "PARLEY_EMBEDDING_MODEL")
    for name in (*models, "SEARXNG_URL", "AMQP_URL", "DATABASE_URL", "QDRANT_URL", "QDRANT_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rabbit() -> AsyncIterator[RabbitServer]:
    with scratch_folder() as folder:
        server = RabbitServer(folder)
        await server.start()
        yield server
        await server.kill()  # nothing of it is kept, and an orderly stop takes seconds


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[PostgresServer]:
    with scratch_folder() as folder:
        server = PostgresServer(folder, services=[service.name for service in SERVICES], durable=False)
        await server.start()
        yield server
        await server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis_server() -> AsyncIterator[RedisServer]:
    with scratch_folder() as folder:
        server = RedisServer(folder)
        await server.start()
        yield server
        await server.kill()


@pytest_asyncio.fixture
async def amqp_url(rabbit: RabbitServer) -> AsyncIterator[str]:
    """The address of an empty virtual host that only this test uses."""
    name = f"test-{uuid4().hex}"
    yield await rabbit.create_vhost(name)
    await rabbit.delete_vhost(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def emptied_database(postgres: PostgresServer) -> str:
    """The one database of all tests of this process: to make one for each costs more than most of the tests."""
    name = f"test_{uuid4().hex}"
    await postgres.create_database(name)
    return name


@pytest_asyncio.fixture
async def database_url(postgres: PostgresServer, emptied_database: str) -> Callable[[str], str]:
    """The address of a service's schema in an empty database that only this test uses."""
    await postgres.empty_database(emptied_database)
    return lambda service: postgres.database_url(service, emptied_database)


@pytest_asyncio.fixture
async def redis_url(redis_server: RedisServer) -> str:
    """The address of a Redis without keys."""
    await redis_server.clear()
    return redis_server.url
