"""`make run` and `make stack` as a user starts, misuses and ends them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from parley_standalone.servers.ports import LOOPBACK, free_port

START_TIMEOUT = 100


def environment(**settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PARLEY_", "OPENAI_"))}
    return clean | settings


def refused(module: str, *options: str, **settings: str) -> str:
    """What a start that must not succeed says."""
    command = [sys.executable, "-m", module, *options]
    ended = subprocess.run(
        command, env=environment(**settings), capture_output=True, text=True, timeout=START_TIMEOUT, check=False
    )
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


@contextmanager
def started(module: str, *options: str, until: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has printed `until`; killed at the end if it still runs."""
    command = [sys.executable, "-m", module, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(**settings), stderr=pipe, text=True) as process:
        try:
            assert process.stderr
            lines: list[str] = []
            while until not in (line := process.stderr.readline()):
                lines.append(line)
                assert line, "".join(lines)
            yield process
        finally:
            process.kill()


@contextmanager
def taken_port() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize("module", ["parley_standalone.embedded", "parley_standalone.stack"])
def test_a_taken_port_is_named(module: str) -> None:
    with taken_port() as port:
        assert f"127.0.0.1:{port} is taken" in refused(module, PORT=port)


@pytest.mark.parametrize("module", ["parley_standalone.embedded", "parley_standalone.stack"])
def test_without_accounts_only_loopback_is_served(module: str) -> None:
    assert "PARLEY_AUTH=jwt" in refused(module, HOST="0.0.0.0", PORT=str(free_port()))  # noqa: S104


def test_a_wrong_setting_is_named_and_its_value_is_not_shown() -> None:
    said = refused("parley_standalone.embedded", PARLEY_AUTH="jwt", PARLEY_JWT_SECRET="short-secret")
    assert "PARLEY_JWT_SECRET" in said
    assert "short-secret" not in said


def test_the_embedded_system_serves_owns_its_folder_and_ends_on_sigterm(tmp_path: Path) -> None:
    port = str(free_port())
    settings = {"PORT": port, "PARLEY_DATA": str(tmp_path / "data")}
    with started("parley_standalone.embedded", until="Uvicorn running", **settings) as process:
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready").json()["status"] == "ready"
        second = refused("parley_standalone.embedded", **settings | {"PORT": str(free_port())})
        assert "already runs on" in second
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == -signal.SIGTERM
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/health/live")


@pytest.mark.timeout(300)
def test_the_stack_says_what_dies_keeps_its_data_and_ends_with_all_it_started(tmp_path: Path) -> None:
    port = str(free_port())
    options = ("--data", str(tmp_path / "kept"))
    with started("parley_standalone.stack", *options, until="Ctrl-C ends", PORT=port) as stack:
        children = psutil.Process(stack.pid).children(recursive=True)
        task = httpx.post(f"http://127.0.0.1:{port}/api/enhance/", json={"task": "mail", "lazy_prompt": "write it"})
        job = task.json()["task_id"]
        assert "another stack is running" in refused("parley_standalone.stack", *options, PORT=str(free_port()))
        (enhancer,) = (child for child in children if "parley_enhancer" in child.cmdline())
        enhancer.kill()
        assert stack.stderr
        assert "enhancer-1 ended with -9" in stack.stderr.readline()
        assert "enhancer-1 is back" in stack.stderr.readline()
        children += psutil.Process(stack.pid).children(recursive=True)
        stack.send_signal(signal.SIGINT)
        assert "Everything is stopped" in stack.communicate(timeout=60)[1]
        assert stack.returncode == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []

    with started("parley_standalone.stack", *options, until="Ctrl-C ends", PORT=port) as stack:
        assert httpx.get(f"http://127.0.0.1:{port}/v1/jobs/{job}").json()["id"] == job
        stack.terminate()
        stack.communicate(timeout=60)
