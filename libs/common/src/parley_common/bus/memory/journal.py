"""Keeps durable queues and persistent messages in an SQLite file, so that they outlive a kill of the process.

Writes are collected while the previous batch is on its way to the file, and each batch is one transaction, off the
event loop. `synchronous=OFF`: what was written survives the process, though not a power cut.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parley_common.bus.memory.messages import Entry, decode, encode

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS topology (item TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, failures INTEGER NOT NULL, envelope TEXT NOT NULL, body BLOB NOT NULL
);
"""
KEEP = "INSERT OR IGNORE INTO topology VALUES (?)"
FORGET = "DELETE FROM topology WHERE item = ?"
ADD = "INSERT INTO message VALUES (?, ?, ?, ?, ?)"
FAIL = "UPDATE message SET failures = ? WHERE id = ?"
REMOVE = "DELETE FROM message WHERE id = ?"


@dataclass(slots=True)
class Batch:
    """What the next transaction will write; `done` is set when it has."""

    done: asyncio.Future[None]
    items: list[tuple[str, bool]] = field(default_factory=list)
    added: dict[int, tuple[str, Entry]] = field(default_factory=dict)
    failed: dict[int, int] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    begun: bool = False


class Journal:
    """The broker's memory across restarts; when `stored` returns, a publisher may be told so."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="broker-journal")
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.executescript(SCHEMA)
        self._batch = Batch(self._loop.create_future())
        self._writer: asyncio.Task[None] | None = None
        self._writing: asyncio.Future[None] | None = None

    def topology(self) -> list[list[Any]]:
        """Every exchange, queue and binding kept, in the order they were made."""
        return [json.loads(item) for (item,) in self._file.execute("SELECT item FROM topology ORDER BY rowid")]

    def messages(self) -> Iterator[tuple[str, Entry]]:
        """Every message kept, with its queue, in the order they came."""
        rows = self._file.execute("SELECT id, queue, failures, envelope, body FROM message ORDER BY id")
        for identity, queue, failures, envelope, body in rows:
            yield queue, Entry(identity, decode(envelope, body), failures)

    def keep(self, *item: Any) -> None:
        self._open().items.append((json.dumps(item), True))

    def forget(self, *item: Any) -> None:
        self._open().items.append((json.dumps(item), False))

    def add(self, queue: str, entry: Entry) -> None:
        self._open().added[entry.id] = queue, entry

    def fail(self, entry: Entry) -> None:
        self._open().failed[entry.id] = entry.failures

    def remove(self, entry: Entry) -> None:
        batch = self._open()
        batch.failed.pop(entry.id, None)
        if batch.added.pop(entry.id, None) is None:
            batch.removed.add(entry.id)

    async def stored(self) -> None:
        """Return when everything said so far is in the file; `OSError` if it could not be written."""
        if awaited := self._batch.done if self._batch.begun else self._writing:
            await asyncio.shield(awaited)

    def close(self) -> None:
        self._thread.shutdown()
        self._file.close()

    def _open(self) -> Batch:
        if self._writer is None:
            self._writer = self._loop.create_task(self._drain())
        self._batch.begun = True
        return self._batch

    async def _drain(self) -> None:
        while self._batch.begun:
            batch, self._batch = self._batch, Batch(self._loop.create_future())
            self._writing = batch.done
            try:
                await self._loop.run_in_executor(self._thread, self._save, batch)
            except sqlite3.Error as error:
                batch.done.set_exception(OSError(f"the broker's file could not be written: {error}"))
            else:
                batch.done.set_result(None)
        self._writer = self._writing = None

    def _save(self, batch: Batch) -> None:
        write = self._file
        write.execute("BEGIN")
        try:
            for item, kept in batch.items:
                write.execute(KEEP if kept else FORGET, (item,))
            write.executemany(ADD, map(_row, batch.added.values()))
            write.executemany(FAIL, ((failures, identity) for identity, failures in batch.failed.items()))
            write.executemany(REMOVE, ((identity,) for identity in batch.removed))
        except sqlite3.Error:
            write.execute("ROLLBACK")
            raise
        write.execute("COMMIT")


def _row(added: tuple[str, Entry]) -> tuple[int, str, int, str, bytes]:
    queue, entry = added
    return entry.id, queue, entry.failures, encode(entry.message), entry.message.body
