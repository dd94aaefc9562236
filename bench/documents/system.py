"""A system of its own as a user starts it, documents sent to it over HTTP, and what that costs it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil

from parley_standalone.demo import private_system

PATIENCE = 600
POLL, MANY, LOGGED = 0.2, 200, 10_000
MIB = 2**20


@dataclass
class System:
    """Its API, and its processes: itself and whatever reads documents for it."""

    http: httpx.AsyncClient
    process: psutil.Process
    log: Path
    readers: float = field(default=0.0)

    async def upload(self, name: str, content: bytes, **options: str) -> dict[str, Any]:
        """What is answered."""
        answer = await self.http.post("/api/upload/", files={"file": (name, content)}, data=options)
        return dict(answer.raise_for_status().json())

    async def ingested(self, *accepted: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents, of which there are `MANY` at most, once all of them can be searched."""
        wanted = [each["id"] for each in accepted]
        while True:
            page = (await self.http.get("/api/upload", params={"limit": MANY})).raise_for_status().json()
            found = {each["id"]: each for each in page["documents"]}
            documents = [found[each] for each in wanted]
            if failed := [each for each in documents if each["processing_status"] == "failed"]:
                why = f"{failed[0]['filename']} failed: {failed[0]['processing_error']}"
                raise RuntimeError(f"{why}\n{self.log.read_text()[-LOGGED:]}")
            if all(each["processing_status"] == "completed" for each in documents):
                return documents
            await asyncio.sleep(POLL)

    async def ask(self, question: str) -> tuple[dict[str, Any], float]:
        """The answer in a conversation of its own, and the seconds it took."""
        began = time.perf_counter()
        response = await self.http.post("/api/chat/", json={"query": question})
        return dict(response.raise_for_status().json()), time.perf_counter() - began

    def computed(self) -> float:
        """Seconds of processor time so far, ended readers included."""
        times = self.process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)

    def most_memory(self) -> float:
        """MiB that the process itself has ever held."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    async def watch_readers(self) -> None:
        """Note the most memory of a reader until cancelled."""
        while True:
            for child in self.process.children():
                try:
                    self.readers = max(self.readers, child.memory_info().rss / MIB)
                except psutil.NoSuchProcess:
                    continue
            await asyncio.sleep(POLL / 4)


@asynccontextmanager
async def running() -> AsyncIterator[System]:
    """Ready, its model loaded by a first document and a first question."""
    with TemporaryDirectory(prefix="parley-bench-") as folder:
        others = set(psutil.Process().children())
        async with (
            private_system(Path(folder), environment={"PATH": os.environ["PATH"]}) as url,
            httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as http,
        ):
            (process,) = set(psutil.Process().children()) - others
            system = System(http, process, Path(folder) / "parley.log")
            await system.ingested(await system.upload("first.txt", b"The first document says hello."))
            await system.ask("What does the first document say?")
            yield system
