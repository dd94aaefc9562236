"""Gateways served by real servers, clients from outside, and a worker that does what the test tells it to."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from faststream import AckPolicy
from faststream.rabbit import RabbitRouter
from faststream.rabbit.annotations import RabbitMessage
from pydantic_core import to_json
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from parley_common.bus.broker import Bus, make_broker
from parley_common.bus.message import event
from parley_common.bus.topology import COMMANDS, consumer, control_queue, work_queue
from parley_common.contracts.datasets import PROFILE, TABLE
from parley_common.contracts.jobs import Priority
from parley_common.storage.blobs import FolderBlobs, key_of
from parley_gateway.__main__ import Server, make_server
from parley_gateway.app import create_app
from parley_gateway.domain.frames import EVENT
from parley_gateway.edges import EdgeSettings
from parley_gateway.limits import LimitSettings
from parley_gateway.settings import GatewaySettings
from parley_standalone.servers import NO_TLS

PATIENCE = 20.0
SECRET = "a secret that is long enough for the tests"
CSV = b"city,sales\nA,1\nB,2\nC,3\n"
HASH = "c" * 64
COLUMNS = [
    {"name": "city", "type": "text", "samples": ["Timbuktu", "B", "C"]},
    {"name": "sales", "type": "integer", "minimum": 1, "maximum": 3},
]
PROMPT = {"task": "mail", "lazy_prompt": "write to the landlord", "use_web_search": False}


class ScriptedWorker:
    """Keeps the commands it gets, and says what it is told to say."""

    def __init__(self, bus: Bus, blobs: FolderBlobs, service: str = "enhancer") -> None:
        self.bus = bus
        self.blobs = blobs
        self.service = service
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self._came = asyncio.Condition()
        router = RabbitRouter()
        queues = [work_queue(service, level) for level in Priority]
        for queue in [*queues, control_queue(service)]:
            router.subscriber(queue, COMMANDS, channel=consumer(100), ack_policy=AckPolicy.ACK)(self._take)
        bus.broker.include_router(router)

    async def _take(self, command: dict[str, Any], message: RabbitMessage) -> None:
        name = str(message.headers["cloudEvents:type"]).split(".")[1]
        async with self._came:
            self.commands.append((name, command))
            self._came.notify_all()

    def named(self, name: str, job: str) -> list[dict[str, Any]]:
        return [command for kind, command in self.commands if kind == name and command["job"] == job]

    async def command(self, name: str, job: str, *, count: int = 1) -> dict[str, Any]:
        """The latest such command for this job, once there have been `count`."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(lambda: len(self.named(name, job)) >= count)
        return self.named(name, job)[-1]

    async def emit(self, job: str, kind: str, seq: int | None, **data: Any) -> None:
        body = {"type": kind, "job": job, "seq": seq, "time": datetime.now(UTC).isoformat(), "data": data}
        message = event(self.service, EVENT.validate_python(body), owner="whoever")
        await self.bus.publish(message, persist=seq is not None)

    async def start(self, job: str) -> None:
        await self.start_as("start", job)

    async def ask(self, job: str, seq: int = 3, *, seconds: float = 3600, **schema: Any) -> str:
        question = str(uuid4())
        await self.emit(
            job,
            "question.asked",
            seq,
            question_id=question,
            prompt="What tone should this prompt have?",
            schema=schema or {"type": "string", "minLength": 1},
            options=["formal", "friendly"],
            default="formal",
            expires_at=(datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(),
        )
        return question

    async def answered(self, job: str, seq: int = 4) -> dict[str, Any]:
        """Take the answer that was sent, and say so."""
        given = await self.command("answer", job)
        data = {name: given[name] for name in ("question_id", "answer_id", "value", "declined")}
        await self.emit(job, "question.answered", seq, **data)
        return given

    async def load(self, dataset: dict[str, Any]) -> None:
        """Say that an upload became a table, and keep what it is like."""
        identity = UUID(dataset["dataset_id"])
        await self.start_as("load", dataset["job_id"])
        facts = {"format": "csv", "rows": 3, "hash": HASH, "size": 24}

        async def profile() -> AsyncIterator[bytes]:
            yield to_json({**facts, "columns": COLUMNS})

        await self.blobs.put(key_of(PROFILE, identity), profile(), limit=10_000)
        result = {"dataset": dataset["dataset_id"], "table": key_of(TABLE, identity), "profile": facts}
        await self.emit(dataset["job_id"], "job.completed", 3, result=result)

    async def start_as(self, verb: str, job: str) -> None:
        await self.command(verb, job)
        await self.emit(job, "job.started", 2, attempt=1, mode="offline")

    async def complete(self, job: str, seq: int, text: str = "Dear landlord") -> None:
        result = {"result": text, "changed": True, "summary": "better", "mode": "offline"}
        await self.emit(job, "job.completed", seq, result=result, mode="offline")


class Socket:
    """One connection from outside."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, frame: Any) -> None:
        await self.connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def frame(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return dict(json.loads(await self.connection.recv()))

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; others are passed over."""
        while (frame := await self.frame())["type"] != kind:
            pass
        return frame

    async def rest(self) -> list[dict[str, Any]]:
        """Everything up to the close."""
        frames = []
        try:
            while True:
                frames.append(await self.frame())
        except ConnectionClosed:
            return frames

    async def close_code(self) -> int:
        async with asyncio.timeout(PATIENCE):
            await self.connection.wait_closed()
        return self.connection.close_code or 0


class Gateway:
    """One gateway process, as seen from outside."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.address = f"127.0.0.1:{port}"
        self.http = httpx.AsyncClient(base_url=f"http://{self.address}", timeout=PATIENCE, verify=NO_TLS)

    @asynccontextmanager
    async def socket(self, path: str, **options: Any) -> AsyncIterator[Socket]:
        async with connect(f"ws://{self.address}{path}", max_size=None, **options) as connection:
            yield Socket(connection)

    async def submit(self, **more: Any) -> str:
        answer = await self.http.post("/api/enhance/", json={**PROMPT, **more})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    async def job(self, job: str) -> dict[str, Any]:
        return dict((await self.http.get(f"/v1/jobs/{job}")).json())

    async def job_when(self, job: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The snapshot, once it is as wished."""
        async with asyncio.timeout(PATIENCE):
            while not condition(snapshot := await self.job(job)):  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.01)
        return snapshot

    async def upload(
        self, content: bytes = CSV, name: str = "sales.csv", *, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        answer = await self.http.post("/datasets", files={"file": (name, content)}, headers=headers)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def dataset(self, dataset: dict[str, Any], status: str, **options: Any) -> dict[str, Any]:
        """The dataset, once it has this status."""
        path = f"/datasets/{dataset['dataset_id']}"
        async with asyncio.timeout(PATIENCE):
            while (seen := (await self.http.get(path, **options)).json())["status"] != status:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return dict(seen)

    async def loaded(self, researcher: ScriptedWorker, *, headers: dict[str, str] | None = None) -> str:
        """The id of a dataset that can be asked."""
        dataset = await self.upload(headers=headers)
        await researcher.load(dataset)
        await self.dataset(dataset, "completed", headers=headers)
        return str(dataset["dataset_id"])

    async def answer(self, job: str, question: str, **answer: Any) -> httpx.Response:
        return await self.http.post(f"/v1/jobs/{job}/questions/{question}/answer", json=answer)

    async def sign_in(self, name: str) -> dict[str, str]:
        """The headers of a new user."""
        account = {"username": name, "password": "correct horse battery staple"}
        await self.http.post("/auth/register", json=account)
        token = (await self.http.post("/auth/token", data=account)).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}


StartGateway = Callable[..., Awaitable[Gateway]]


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.connected)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> GatewaySettings:
    if request.param == "embedded":
        return GatewaySettings(data=tmp_path / "data", cancel_wait=5.0)
    database = request.getfixturevalue("database_url")("gateway")
    return GatewaySettings(
        data=tmp_path / "data",
        amqp_url=request.getfixturevalue("amqp_url"),
        database_url=database,
        cancel_wait=5.0,
    )


@pytest.fixture
async def start_gateway(settings: GatewaySettings) -> AsyncIterator[StartGateway]:
    """Start a gateway; several share database and broker, as processes do."""
    async with AsyncExitStack() as stack:

        async def start(*, auth: str = "off", **changes: Any) -> Gateway:
            own = settings.model_copy(update=changes)
            access = LimitSettings(auth=auth, jwt_secret=SECRET if auth == "jwt" else None)
            return await stack.enter_async_context(_served(own, EdgeSettings(access=access)))

        yield start


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> Gateway:
    return await start_gateway()


@pytest.fixture
async def worker(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ScriptedWorker]:
    bus = Bus(make_broker(settings, service="enhancer"))
    scripted = ScriptedWorker(bus, FolderBlobs(settings.blobs_folder))
    await bus.start()
    yield scripted
    await bus.stop()


@pytest.fixture
async def researcher(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ScriptedWorker]:
    """The same as a worker that loads datasets and does research."""
    bus = Bus(make_broker(settings, service="research"))
    scripted = ScriptedWorker(bus, FolderBlobs(settings.blobs_folder), "research")
    await bus.start()
    yield scripted
    await bus.stop()


@pytest.fixture
async def ingester(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[ScriptedWorker]:
    """The same as a worker that ingests documents and forgets them."""
    bus = Bus(make_broker(settings, service="ingest"))
    scripted = ScriptedWorker(bus, FolderBlobs(settings.blobs_folder), "ingest")
    await bus.start()
    yield scripted
    await bus.stop()


@asynccontextmanager
async def _served(settings: GatewaySettings, edge: EdgeSettings) -> AsyncIterator[Gateway]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = make_server(create_app(settings, edge=edge), settings)
        serving = asyncio.create_task(server.serve([listening]))
        gateway = Gateway(server, listening.getsockname()[1])
        try:
            async with asyncio.timeout(PATIENCE):
                while not server.started and not serving.done():  # noqa: ASYNC110 - it has no event for it
                    await asyncio.sleep(0.01)
            yield gateway
        finally:
            await gateway.http.aclose()
            server.should_exit = True
            await serving
