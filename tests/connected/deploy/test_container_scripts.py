"""The scripts that containers start with, run as they are, on the private servers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from parley_common.bus.broker import Bus, make_broker
from parley_common.settings import Settings
from parley_standalone.servers import PostgresServer, Process, RabbitServer, scratch_folder
from parley_standalone.servers.ports import LOOPBACK, free_port

pytestmark = pytest.mark.connected
ROOT = Path(__file__).parents[3]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """What `deploy/secrets.sh` writes, in a folder of its own."""
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy/secrets.sh"
    script.write_bytes((ROOT / "deploy/secrets.sh").read_bytes())
    subprocess.run(["bash", script], check=True)
    return tmp_path / "deploy/secrets"


def entrypoint(folder: Path, content: str) -> str:
    """A PATH on which the image's own entry point does no more than `content`."""
    program = folder / "docker-entrypoint.sh"
    program.write_text(f"#!/bin/sh\n{content}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def render_as_the_container_does(secrets: Path, folder: Path) -> bytes:
    env = {
        "PATH": entrypoint(folder, "echo started: $*"),
        "SECRETS": str(secrets),
        "DEFINITIONS": str(ROOT / "deploy/rabbitmq/definitions.json"),
        "RENDERED": str(folder / "rendered.json"),
    }
    started = subprocess.run([ROOT / "deploy/rabbitmq/start.sh"], env=env, capture_output=True, text=True, check=True)
    assert started.stdout == "started: rabbitmq-server\n"
    return (folder / "rendered.json").read_bytes()


async def test_the_containers_definitions_bring_the_user_and_the_very_queues_the_services_declare(
    rabbit: RabbitServer, secrets: Path, tmp_path: Path
) -> None:
    (secrets / "amqp_url").write_text("amqp://operator:s3cret-word@rabbitmq:5672/")
    rendered = render_as_the_container_does(secrets, tmp_path)
    async with rabbit.management() as api:
        headers = {"content-type": "application/json"}
        (await api.post("/definitions", content=rendered, headers=headers)).raise_for_status()
    url = rabbit.amqp_url().replace(f"{rabbit.user}:{rabbit.password}", "operator:s3cret-word")
    bus = Bus(make_broker(Settings(AMQP_URL=url), service="gateway"))
    await bus.start()
    await bus.stop()


def run_on(server: PostgresServer, secrets: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGPASSWORD": server.password,
        "POSTGRES_USER": "parley_admin",
        "POSTGRES_DB": "parley",
        "SECRETS": str(secrets),
    }
    subprocess.run(["bash", ROOT / "deploy/postgres/services.sh"], env=env, check=True)


async def test_each_service_gets_its_role_and_schema_and_no_other(secrets: Path) -> None:
    with scratch_folder() as folder:
        async with PostgresServer(folder, durable=False) as server:
            run_on(server, secrets)
            url = make_url((secrets / "enhancer_database_url").read_text())
            engine = create_async_engine(url.set(drivername="postgresql+asyncpg", host=server.host, port=server.port))
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT current_schema()")) == "enhancer"
                await connection.execute(text("CREATE TABLE own (id int)"))
                for schema in ("gateway", "public"):
                    allowed = text(f"SELECT has_schema_privilege('{schema}', 'CREATE')")
                    assert await connection.scalar(allowed) is False
            await engine.dispose()


def test_qdrant_starts_with_the_secret_key_in_its_environment_and_on_no_command_line(
    secrets: Path, tmp_path: Path
) -> None:
    program = tmp_path / "qdrant"
    program.write_text('#!/bin/sh\necho "$QDRANT__SERVICE__API_KEY"; tr "\\0" " " </proc/$$/cmdline\n')
    program.chmod(0o755)
    script = ROOT / "deploy/qdrant/start.sh"
    env = {"PATH": os.environ["PATH"], "SECRETS": str(secrets)}
    started = subprocess.run(["sh", script], env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    key, command = started.stdout.splitlines()
    assert key == (secrets / "qdrant_api_key").read_text()
    assert len(key) == 48
    assert key not in command


async def test_redis_asks_for_the_secret_password_and_its_health_check_knows_it(secrets: Path, tmp_path: Path) -> None:
    port = str(free_port())
    url = secrets / "redis_url"
    url.write_text(url.read_text().replace("redis:6379", f"{LOOPBACK}:{port}"))
    env = {"PATH": entrypoint(tmp_path, 'exec "$@"'), "SECRETS": str(secrets), "DATA": str(tmp_path), "PORT": port}
    redis = Process("redis", ["sh", ROOT / "deploy/redis/start.sh"], log=tmp_path / "log", env=env, folder=tmp_path)
    _, check = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["redis"]["healthcheck"]["test"]
    healthy = Process(
        "check",
        ["sh", "-c", check.replace("$$", "$").replace("/run/secrets", str(secrets))],
        log=tmp_path / "check.log",
        folder=tmp_path,
    )
    try:
        await redis.start()
        for _ in range(100):
            await healthy.start()
            if await healthy.wait() == 0:
                break
        assert healthy.returncode == 0, healthy.tail() + redis.tail()
        assert "NOAUTH" in subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True, text=True).stdout  # noqa: ASYNC221
    finally:
        await redis.stop()
