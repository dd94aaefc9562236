"""What everything that is launched shares: a port, a process, and a start that returns once clients can connect."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import ssl
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from parley_standalone.servers.ports import LOOPBACK, free_port
from parley_standalone.servers.process import POLL, Process

# Made once: httpx would read all certificates anew for each client, for connections that have none.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class ServerError(Exception):
    """A server is not installed or did not start; the message says what to do or ends with its log."""


class Server(ABC):
    """A process that serves on a port, keeping its data and log in `folder`.

    Use it with `async with`. `kill`, `restart`, `pause` and `resume` are there to break things on purpose:
    the port and the data stay the same, so clients find it again.
    """

    name: str
    process: Process

    def __init__(self, folder: Path, *, port: int | None = None, host: str = LOOPBACK) -> None:
        self.folder = folder.resolve()
        self.host = host
        self.port = port or free_port()

    async def start(self, timeout: float = 90) -> None:
        """Start it and return when it serves; raises ServerError with the end of its log otherwise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            async with asyncio.timeout(timeout):
                await self.prepare()
                await self.process.start()
                await self._until_ready()
        except BaseException as error:
            await self.kill()
            if isinstance(error, TimeoutError):
                raise ServerError(f"{self.name} was not ready after {timeout:g} s\n{self.process.tail()}") from None
            raise

    async def stop(self) -> None:
        """End it in good order; safe to call again."""
        await self.process.stop()

    async def kill(self) -> None:
        await self.process.kill()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    @property
    def pids(self) -> list[int]:
        """The processes that it started and that still run."""
        return [self.process.pid] if self.process.running else []

    @abstractmethod
    async def prepare(self) -> None:
        """Get ready for the process to start, before every start, without harm to the data."""

    @abstractmethod
    async def ready(self) -> bool:
        """Whether a client can really log in; may raise OSError or httpx.TransportError meanwhile."""

    async def _until_ready(self) -> None:
        while not await self._answers():
            if not self.process.running:
                raise ServerError(f"{self.name} ended with {self.process.returncode}\n{self.process.tail()}")
            await asyncio.sleep(POLL)

    async def _answers(self) -> bool:
        try:
            return await self.ready()
        except (OSError, EOFError, httpx.TransportError):
            return False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def find_program(name: str, package: str, folders: Iterable[Path]) -> Path:
    """The program's path; a ServerError names the system package that is missing."""
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    raise ServerError(f"{name} is not installed: install the system package {package}")


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(content)


def kept_password(folder: Path) -> str:
    """A random password, the same for as long as the folder lives."""
    path = folder / "password"
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder that a server under another user can reach, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="parley-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
