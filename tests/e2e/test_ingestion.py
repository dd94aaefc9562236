"""Documents from upload to deletion, through the gateway alone; after a kill, what is in the database and the index."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select
from support.clients import PATIENCE, Frame, eventually
from support.files import FILES, SAYS, pdf
from support.system import QUICK, Embedded

from parley_common.storage.database import Database
from parley_common.testing.model_server.serving import serving as serving_model
from parley_common.vectors.index import open_index
from parley_common.vectors.settings import VectorSettings
from parley_ingest.store.tables import chunk, document
from parley_standalone.servers import NO_TLS

PATH = "/api/upload"
MANY = 12
LONG = 200
# Small portions, so that there is always something left to be interrupted.
PORTIONS = {"PARLEY_INGEST_EMBED": "8", "PARLEY_INGEST_STORE": "16"}


def book(chapters: int, name: str = "book") -> bytes:
    """A text with about one chunk a chapter, none of which is in another book."""
    said = (
        "counted the ships, looked at the sky, and wrote both down before the lamp was lit again, as on any other day"
    )
    return "\n\n".join(
        f"Chapter {number} of {name}: the keeper of lighthouse {number * 7919} {said}. " * 6
        for number in range(chapters)
    ).encode()


class Library:
    """The documents of the one local user of an embedded system."""

    def __init__(self, server: Embedded) -> None:
        self.server = server
        self.http = httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, verify=NO_TLS, trust_env=False)

    async def upload(self, name: str, content: bytes) -> Frame:
        answer = await self.http.post(f"{PATH}/", files={"file": (name, content)})
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def ended(self, accepted: Frame) -> Frame:
        """Its status as a client that polls sees it at the end."""
        path = f"{PATH}/{accepted['id']}/status"
        async with asyncio.timeout(PATIENCE):
            while (seen := (await self.http.get(path)).json())["status"] not in ("completed", "failed"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return dict(seen)

    async def reaches(self, job: str, stage: str, fraction: float = 0.0) -> None:
        async def reached() -> bool:
            seen = (await self.http.get(f"/v1/jobs/{job}")).json()
            return stage in (seen["stage"] or "") and seen["progress"] >= fraction

        await eventually(reached)

    async def removed(self, accepted: Frame) -> Frame:
        """Delete it; the result of the job that removes it."""
        assert (await self.http.delete(f"{PATH}/{accepted['id']}")).status_code == 204
        assert (await self.http.get(f"{PATH}/{accepted['id']}")).status_code == 404
        (job,) = [each for each in await self.jobs("forget_document") if each["input"]["document"] == accepted["id"]]

        async def over() -> bool:
            return (await self.http.get(f"/v1/jobs/{job['id']}")).json()["status"] in ("completed", "failed")

        await eventually(over)
        snapshot = (await self.http.get(f"/v1/jobs/{job['id']}")).json()
        assert snapshot["status"] == "completed", snapshot
        return dict(snapshot["result"])

    async def jobs(self, kind: str) -> list[Frame]:
        return list((await self.http.get("/v1/jobs", params={"kind": kind, "limit": 200})).json()["jobs"])

    async def found(self, question: str) -> int:
        """How many passages of documents are found for a question."""
        answer = await self.http.post("/api/chat", json={"query": question})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["ledger"]["documents"]["found"])

    async def reembed(self) -> int:
        """`parley documents reembed`; its exit code."""
        command = [sys.executable, "-m", "parley_standalone.cli", "documents", "reembed"]
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | {"PARLEY_URL": self.server.url})
        async with asyncio.timeout(PATIENCE):
            return await process.wait()

    async def steps(self, job: str) -> list[str]:
        """The keys of the steps that ended, in order, from the job's log."""
        async with self.http.stream("GET", f"/v1/jobs/{job}/events") as events:
            lines = [line async for line in events.aiter_lines() if line.startswith("data:")]
        frames = [json.loads(line[5:]) for line in lines]
        steps = [frame["data"] for frame in frames if frame["type"] == "job.step"]
        return [step["key"] for step in steps if step["status"] == "completed"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    async with Embedded(tmp_path_factory.mktemp("library"), QUICK | PORTIONS) as server:
        library = Library(server)
        yield library
        await library.http.aclose()


async def stored(folder: Path, identity: UUID) -> dict[str, Any]:
    """What is in ingestion's database and in the index of a system that does not run any more."""
    settings = VectorSettings(data=folder / "data")
    database = Database.open(settings, "ingest")
    async with database.read() as connection:
        rows = {
            "document": list(await connection.execute(select(document).where(document.c.id == identity))),
            "chunk": list(await connection.execute(select(chunk).where(chunk.c.document == identity))),
        }
    await database.close()
    index = open_index(settings, "all-minilm-l6-v2-int8", 384)
    points = await index.count("local", "document", identity)
    await index.close()
    return rows | {"points": points}


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_document_of_every_kind_becomes_text_and_passages(library: Library) -> None:
    accepted = [await library.upload(name, make()) for name, make in FILES.items()]
    for each in accepted:
        assert (await library.ended(each))["status"] == "completed", (each, await library.ended(each))
        text = (await library.http.get(f"{PATH}/{each['id']}/text")).json()["text"]
        assert SAYS in text, each["filename"]
        details = (await library.http.get(f"{PATH}/{each['id']}")).json()
        assert details["chunks"] >= 1
        assert details["pages"] == (2 if each["filename"] == "log.pdf" else details["pages"])


async def test_what_is_damaged_fails_in_words_and_a_mended_file_takes_its_place(library: Library) -> None:
    damaged = await library.upload("log.pdf", b"%PDF-1.7 and then nothing that is one")
    over = await library.ended(damaged)
    assert (over["status"], over["task"]["task_state"]) == ("failed", "FAILURE")
    assert over["error_code"].startswith("document_")
    assert over["error"].endswith(".")
    again = (await library.http.post(f"{PATH}/{damaged['id']}/retry")).json()
    assert (again["version"], (await library.ended(again))["status"]) == (2, "failed")
    mended = await library.http.put(f"{PATH}/{damaged['id']}", files={"file": ("log.pdf", pdf(3))})
    assert (await library.ended(mended.json()))["status"] == "completed"
    same = await library.upload("copy.pdf", (await library.http.get(f"{PATH}/{damaged['id']}/file")).content)
    assert (same["id"], same["duplicate"], same["task_id"]) == (damaged["id"], True, mended.json()["task_id"])


async def test_a_document_deleted_while_it_is_embedded_leaves_nothing(library: Library) -> None:
    accepted = await library.upload("long.txt", book(LONG, "deleted"))
    await library.reaches(accepted["task_id"], "Generating embeddings for", 0.25)
    assert (await library.removed(accepted))["points"] == 0
    assert (await library.http.get(f"/v1/jobs/{accepted['task_id']}")).json()["status"] == "cancelled"


async def test_many_uploads_at_once_all_end(library: Library) -> None:
    made = [library.upload(f"{n}.txt", f"Note {n}. {SAYS}".encode()) for n in range(MANY)]
    accepted = await asyncio.gather(*made)
    states = await asyncio.gather(*(library.ended(each) for each in accepted))
    assert [each for each in states if each["status"] != "completed"] == []


async def test_a_killed_system_goes_on_where_it_was_and_pays_nothing_twice(library: Library) -> None:
    """The last test of this process: what is stored can only be looked at when nobody else does."""
    accepted = await library.upload("long.txt", book(50, "killed"))
    await library.reaches(accepted["task_id"], "Generating embeddings for", 0.25)
    await library.server.kill()
    await library.server.start()
    assert (await library.ended(accepted))["status"] == "completed"
    steps = await library.steps(accepted["task_id"])
    assert len(steps) == len(set(steps))
    chunks = (await library.http.get(f"{PATH}/{accepted['id']}")).json()["chunks"]
    await library.server.stop()
    left = await stored(library.server.folder, UUID(accepted["id"]))
    assert left["points"] == len(left["chunk"]) == chunks
    assert [row.active for row in left["document"]] == [1]


async def test_documents_of_another_embedding_model_are_found_once_they_are_embedded_again(library: Library) -> None:
    """The same data under another model, which knows nothing of what was embedded before."""
    hosted = {"PARLEY_EMBEDDING_MODEL": "text-embedding-3-small", "PARLEY_EMBEDDING_DIMENSIONS": "64"}
    with serving_model() as address:
        other = QUICK | hosted | {"OPENAI_BASE_URL": f"{address}/v1", "PARLEY_MODEL": "scripted"}
        async with Embedded(library.server.folder, other) as server:
            moved = Library(server)
            documents = (await moved.http.get(PATH, params={"limit": 200})).json()["documents"]
            assert await moved.found("Which ships did the keeper count?") == 0
            kept, *rest = [each for each in documents if each["processing_status"] == "completed"]
            assert (await moved.removed(rest[0]))["points"] == rest[0]["chunks"]
            await asyncio.gather(*(moved.http.delete(f"{PATH}/{each['id']}") for each in documents if each != kept))
            assert await moved.reembed() == 0
            assert await moved.found("Which ships did the keeper count?") > 0
            details = (await moved.http.get(f"{PATH}/{kept['id']}")).json()
            assert (details["embedder"], details["chunks"]) == ("text-embedding-3-small", kept["chunks"])
            await moved.http.aclose()
