"""A child process that can be stopped, killed, paused and started again, and that never outlives its starter."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

POLL = 0.02


class Process:
    """One command, in a session of its own so that Ctrl-C in the terminal reaches only its starter.

    Start it from a thread that lives as long as the process should: the kernel sends `death_signal`
    to the child when that thread ends, which is what leaves no orphan behind a killed starter.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
        privileges: Sequence[str] = (),
        death_signal: str = "KILL",
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_timeout: float = 30,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.env = dict(os.environ if env is None else env)
        self.folder = folder
        self.stop_signal = stop_signal
        self.stop_timeout = stop_timeout
        self._prefix = _setpriv(privileges, death_signal)
        self._popen: subprocess.Popen[bytes] | None = None
        self._paused = False

    @property
    def pid(self) -> int:
        if self._popen is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, negative for a signal; None before the start and while it runs."""
        return self._popen.poll() if self._popen else None

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    async def start(self) -> None:
        """Start it, or do nothing while it runs."""
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(  # noqa: S603, ASYNC220 - our own command; a fork takes milliseconds
                [*self._prefix, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.folder,
                start_new_session=True,
                umask=0o077,
            )
        self._paused = False

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        await _until(lambda: not self.running)
        return self._popen.returncode if self._popen else 0

    async def stop(self) -> None:
        """Ask it to end, wait, and kill it when it does not; safe to call again."""
        await self._end(self.stop_signal, self.stop_timeout)

    async def kill(self) -> None:
        """End it and everything it started with SIGKILL, as a power cut would."""
        await self._end(signal.SIGKILL, self.stop_timeout)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing is answered until `resume`."""
        self._signal_tree(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        self._signal_tree(signal.SIGCONT)
        self._paused = False

    def tail(self, lines: int = 20) -> str:
        """The end of its log, to explain a failure."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def _end(self, how: signal.Signals, patience: float) -> None:
        if not self.running:
            return
        tree = self._tree()
        _send(how, tree if how is signal.SIGKILL else tree[:1])
        if self._paused:
            self.resume()
        try:
            async with asyncio.timeout(patience):
                await self.wait()
        except TimeoutError:
            _send(signal.SIGKILL, self._tree())
            await self.wait()
        await _gone(tree[1:])

    def _signal_tree(self, what: signal.Signals) -> None:
        if self.running:
            _send(what, self._tree())

    def _tree(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _setpriv(privileges: Sequence[str], death_signal: str) -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, *privileges, "--pdeathsig", death_signal] if setpriv else []


def _send(what: signal.Signals, processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        try:
            process.send_signal(what)
        except psutil.NoSuchProcess:
            continue


async def _gone(processes: Sequence[psutil.Process], patience: float = 5) -> None:
    """Wait for what the ended process had started; what stays is killed."""
    try:
        async with asyncio.timeout(patience):
            await _until(lambda: not any(_alive(process) for process in processes))
    except TimeoutError:
        _send(signal.SIGKILL, [process for process in processes if _alive(process)])


async def _until(condition: Callable[[], bool]) -> None:
    """Polled, so that a process started in one event loop can be awaited in another, as test fixtures do."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(POLL)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
