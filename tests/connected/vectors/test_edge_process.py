"""The engine as a process: what it acknowledged outlives a kill, and it lets in nobody without the key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from parley_common.errors import PermanentError
from parley_common.testing.passages import DIMENSIONS, passage, towards
from parley_common.vectors.failures import VectorsUnavailable
from parley_common.vectors.index import Index, open_index
from parley_common.vectors.settings import VectorSettings
from parley_standalone.servers import ServerError, VectorServer, scratch_folder

pytestmark = [pytest.mark.connected, pytest.mark.asyncio(loop_scope="module")]
KILLS = 2


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[VectorServer]:
    with scratch_folder() as folder:
        async with VectorServer(folder) as running:
            yield running


@pytest.fixture
def owner() -> str:
    return f"user-{uuid4()}"


def index_on(server: VectorServer, *, key: str | None = None) -> Index:
    settings = VectorSettings(_env_file=None, QDRANT_URL=server.url, QDRANT_API_KEY=key or server.key)
    return open_index(settings, "killed", DIMENSIONS)


async def test_what_was_acknowledged_is_there_after_kills_in_the_middle_of_writing(
    server: VectorServer, owner: str
) -> None:
    """Each time some writers store without end; the kill comes when a number of passages were acknowledged."""
    source = uuid4()
    acknowledged: set[int] = set()
    for kill in range(1, KILLS + 1):
        enough = asyncio.Event()
        index = index_on(server)

        async def store(
            first: int, index: Index = index, enough: asyncio.Event = enough, goal: int = len(acknowledged) + 40
        ) -> None:
            ordinal = first
            try:
                while True:
                    await index.upsert([passage(owner, f"word {ordinal}", source=source, ordinal=ordinal)])
                    acknowledged.add(ordinal)
                    ordinal += 4
                    if len(acknowledged) >= goal:
                        enough.set()
            except VectorsUnavailable:
                return

        async with asyncio.TaskGroup() as writers:
            for first in range(4):
                writers.create_task(store(kill * 1_000_000 + first))
            await enough.wait()
            await server.kill()
        await server.start()
        after = await index.search(owner, "document", "word", towards(0), limit=5000)
        assert acknowledged <= {hit.ordinal for hit in after}
        assert await index.count(owner, "document", source) == len(after)
        await index.close()


async def test_a_deletion_that_was_acknowledged_stays_one_after_a_kill(server: VectorServer, owner: str) -> None:
    index, source, kept = index_on(server), uuid4(), uuid4()
    await index.upsert([passage(owner, "gone", source=source), passage(owner, "kept", source=kept)])
    await index.delete(owner, "document", source)
    await server.kill()
    await server.start()
    assert [hit.text for hit in await index.search(owner, "document", "gone kept", towards(0))] == ["kept"]
    assert await index.count(owner, "document", source) == 0
    await index.close()


async def test_a_server_that_is_away_is_worth_another_try_and_a_wrong_key_is_not(
    server: VectorServer, owner: str
) -> None:
    stranger = index_on(server, key="wrong")
    with pytest.raises(PermanentError) as refused:
        await stranger.search(owner, "document", "text", towards(0))
    assert refused.value.code == "vectors_auth"
    assert "wrong" not in refused.value.detail
    index = index_on(server)
    await server.kill()
    with pytest.raises(VectorsUnavailable):
        await index.upsert([passage(owner)])
    await server.start()
    await index.upsert([passage(owner)])
    await index.close()
    await stranger.close()


async def test_probes_need_no_key_and_everything_else_does(server: VectorServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        for probe in ("/healthz", "/readyz", "/livez"):
            assert (await client.get(probe)).is_success
        for key in (None, "", server.key[:-1], server.key + "0", "ü"):
            headers = {} if key is None else {b"api-key": key.encode()}
            answer = await client.get("/collections/any/exists", headers=headers)
            assert (answer.status_code, server.key in answer.text) == (401, False)
        assert (await client.get("/collections/any/exists", headers={"api-key": server.key})).is_success


async def test_a_second_process_on_the_same_folder_is_refused(server: VectorServer) -> None:
    second = VectorServer(server.folder)
    with pytest.raises(ServerError, match="set QDRANT_URL"):
        await second.start()
    assert await server.ready()


async def test_this_process_does_not_open_what_another_one_has_open(server: VectorServer, owner: str) -> None:
    settings = VectorSettings(_env_file=None, PARLEY_DATA=Path(server.folder))
    index = open_index(settings, "killed", DIMENSIONS)
    with pytest.raises(VectorsUnavailable):
        await index.upsert([passage(owner)])
    await index.close()
