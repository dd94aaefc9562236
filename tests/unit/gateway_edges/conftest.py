"""A gateway's edge around a few routes of its own, on SQLite and fakeredis."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI, File, Form, Response, UploadFile, WebSocket
from pydantic import BaseModel, SecretStr

from parley_common.bus.broker import make_broker
from parley_common.errors import NotFound
from parley_common.settings import Settings
from parley_common.storage.database import Database
from parley_gateway.edges import EdgeSettings, install, open_edges
from parley_gateway.idempotency import Answer, Idempotent, remember, replay
from parley_gateway.limits import LimitSettings
from parley_gateway.live.session import admitted
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.security.passwords import Passwords
from parley_gateway.security.principal import CurrentUser

PASSWORD = "correct horse"
SECRET = "a-secret-of-at-least-thirty-two-characters"


class Note(BaseModel):
    text: str
    number: int = 0


@dataclass
class Gateway:
    """The edge under test, and a client that speaks to it over ASGI."""

    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    made: list[str]

    async def sign_up(self, user: str, password: str = PASSWORD) -> dict[str, str]:
        """Headers of a new user."""
        await self.client.post("/auth/register", json={"username": user, "password": password})
        answer = await self.client.post("/auth/token", data={"username": user, "password": password})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


OpenGateway = Callable[..., Awaitable[Gateway]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once and copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    opened = Database.open(Settings(data=folder), "gateway", "parley_gateway.store.migrations")
    await opened.upgrade()
    await opened.close()
    return folder / "gateway.db"


@pytest_asyncio.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated, tmp_path / "gateway.db")
    opened = Database.open(Settings(data=tmp_path), "gateway", "parley_gateway.store.migrations")
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def open_gateway(database: Database, tmp_path: Path) -> AsyncIterator[OpenGateway]:
    """Opens gateways with the settings given, all on one database."""
    async with AsyncExitStack() as stack:

        async def open_one(**access: Any) -> Gateway:
            return await stack.enter_async_context(running(database, tmp_path, **access))

        yield open_one


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Callable[[FastAPI], Awaitable[str]]]:
    """Puts apps behind real servers on free ports; says `host:port`."""
    async with AsyncExitStack() as stack:

        async def serve_one(app: FastAPI) -> str:
            return await stack.enter_async_context(served(app))

        yield serve_one


@pytest.fixture
def jwt() -> dict[str, Any]:
    """Settings of a gateway with accounts."""
    return {"auth": "jwt", "jwt_secret": SecretStr(SECRET)}


@asynccontextmanager
async def running(database: Database, data: Path, **access: Any) -> AsyncIterator[Gateway]:
    settings = EdgeSettings(access=LimitSettings(data=data, **access), notify=NotifySettings(poll=3600.0))
    app = FastAPI(docs_url=None, redoc_url=None)
    made: list[str] = []
    install(app, settings, max_body=20_000)
    add_routes(app, database, made)
    broker = make_broker(settings.access, service="gateway")
    checks = {"broker": always_ready}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 4711))
    async with (
        open_edges(app, settings, database=database, broker=broker, snapshot=no_job, checks=checks),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        app.state.access = replace(app.state.access, passwords=cheap)
        yield Gateway(app, client, database, made)


def add_routes(app: FastAPI, database: Database, made: list[str]) -> None:
    @app.post("/notes")
    async def make_note(note: Note, user: CurrentUser, key: Idempotent) -> Response:
        async with database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first.response()
            made.append(note.text)
            answer = Answer(202, {"text": note.text, "by": user.user}, {"Location": f"/notes/{len(made)}"})
            await remember(transaction, key, answer)
        return answer.response()

    @app.post("/files")
    async def take_file(file: Annotated[UploadFile, File()], key: Idempotent) -> Response:
        async with database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first.response()
            made.append(file.filename or "")
            answer = Answer(202, {"size": len(await file.read())})
            await remember(transaction, key, answer)
        return answer.response()

    @app.post("/forms")
    async def take_form(name: Annotated[str, Form()]) -> dict[str, str]:
        return {"name": name}

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        async with admitted(socket) as user:
            if user:
                await socket.send_json({"user": user.user})
                await socket.receive_text()

    @app.get("/notes/{number}")
    async def read_note(number: int, q: str = "") -> dict[str, Any]:
        raise NotFound(f"There is no note {number}.")

    @app.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError("the inside of the gateway")


async def no_job(owner: str, identity: UUID) -> BaseModel:
    raise NotFound(f"{owner} has no job {identity}")


async def always_ready() -> bool:
    return True


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The app behind a real server on a free port; yields `host:port`."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, proxy_headers=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await running
