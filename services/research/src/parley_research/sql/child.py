"""The process that answers a batch: it forks once a query, so that no query can harm the answers of its siblings.

It runs no SQL itself, has no database and no second thread: forking is safe, and what it says of its forks can be
trusted, unlike what they say. Reads one frame of JSON from standard input and writes one frame a query to standard
output: a line of JSON that says which query it was and how it ended, then the bytes it wrote.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TypedDict

from parley_common.confinement import die_with_parent, leave_network
from parley_research.sql import confinement, query
from parley_research.sql.frames import framed, read_frame, write_all

REQUESTS, OUTCOMES = 0, 1
# An answer is as large as its rows and their column names, whose length the rows do not bound.
SLACK = 1 << 20


class Batch(TypedDict):
    """What the parent asks for."""

    parent: int
    file: int
    table: str
    queries: list[str]
    parallel: int
    seconds: float
    limits: query.Limits


@dataclass
class Running:
    """A fork and what it wrote so far; `killed` says why this process ended it."""

    number: int
    process: int
    deadline: float
    written: bytearray = field(default_factory=bytearray)
    killed: str | None = None

    def kill(self, why: str) -> None:
        if not self.killed:
            self.killed = why
            os.kill(self.process, signal.SIGKILL)


def main() -> None:
    batch: Batch = json.loads(read_frame(REQUESTS))
    die_with_parent(batch["parent"])
    leave_network()
    Forks(batch, confinement.reopenable(batch["file"])).run()


class Forks:
    """Runs the queries of one batch, a few at a time, and says how each ended as soon as it did."""

    def __init__(self, batch: Batch, file: int) -> None:
        self._batch = batch
        self._file = file
        self._process = os.getpid()
        self._waiting = deque(enumerate(batch["queries"]))
        self._running = selectors.DefaultSelector()

    def run(self) -> None:
        self._start()
        while self._running.get_map():
            for key, _ in self._running.select(self._patience()):
                self._read(key.fd, key.data)
            for key in list(self._running.get_map().values()):
                if key.data.deadline <= time.monotonic():
                    key.data.kill("timeout")
            self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running.get_map()) < self._batch["parallel"]:
            number, sql = self._waiting.popleft()
            reading, writing = os.pipe()
            process = os.fork()
            if not process:
                self._answer(sql, writing)
            os.close(writing)
            running = Running(number, process, time.monotonic() + self._batch["seconds"])
            self._running.register(reading, selectors.EVENT_READ, running)

    def _answer(self, sql: str, writing: int) -> None:
        """What a fork does; it never returns. It keeps no descriptor but the table's and its own end of the pipe."""
        try:
            _keep_only(self._file, writing)
            die_with_parent(self._process)
            batch = self._batch
            answer = query.answer(
                sql, file=self._file, table=batch["table"], limits=batch["limits"], parent=self._process
            )
            write_all(writing, answer)
        finally:
            os._exit(0)

    def _patience(self) -> float:
        deadlines = [key.data.deadline for key in self._running.get_map().values() if not key.data.killed]
        return max(0.0, min(deadlines, default=time.monotonic() + 1.0) - time.monotonic())

    def _read(self, source: int, running: Running) -> None:
        if part := os.read(source, 1 << 16):
            running.written += part
            if len(running.written) > self._batch["limits"]["bytes"] + SLACK:
                running.kill("too_large")
            return
        self._running.unregister(source)
        os.close(source)
        write_all(OUTCOMES, framed(_outcome(running)))


def _outcome(running: Running) -> bytes:
    # Its pipe is closed, so it ended or tries to live on in silence.
    os.kill(running.process, signal.SIGKILL)
    _, status = os.waitpid(running.process, 0)
    end = running.killed or _end(status)
    head = json.dumps({"query": running.number, "end": end}).encode()
    return head + b"\n" + (bytes(running.written) if end == "answered" else b"")


def _end(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) == signal.SIGXCPU else "crashed"
    return "answered"


def _keep_only(*kept: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    for low, high in zip((2, *sorted(kept)), (*sorted(kept), 1 << 16), strict=True):
        os.closerange(low + 1, high)


if __name__ == "__main__":
    main()
