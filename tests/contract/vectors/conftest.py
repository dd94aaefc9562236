"""The same promises wherever vectors are kept: embedded, in a process of our own, in memory, on a server.

A real server is one more backend for every test here when QDRANT_URL (and QDRANT_API_KEY) say where it is.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from qdrant_client import AsyncQdrantClient

from parley_common.testing.passages import DIMENSIONS
from parley_common.vectors.index import Index, open_index
from parley_common.vectors.qdrant import Qdrant, collection_name, connect
from parley_common.vectors.settings import VectorSettings
from parley_standalone.servers import VectorServer, scratch_folder

MODEL = f"contract-{uuid4().hex}"
# Read before any test: none of them sees this person's settings.
SERVER = {name: os.environ[name] for name in ("QDRANT_URL", "QDRANT_API_KEY") if name in os.environ}
NO_INDEXES = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant")
BACKENDS = [
    "embedded",
    "process",
    pytest.param("memory", marks=NO_INDEXES),
    *(["server"] if "QDRANT_URL" in SERVER else []),
]
Open = Callable[[str], Index]


def settings(**values: Any) -> VectorSettings:
    return VectorSettings(_env_file=None, PARLEY_VECTOR_BATCH=20, **values)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def vector_server() -> AsyncIterator[VectorServer]:
    with scratch_folder() as folder:
        server = VectorServer(folder)
        await server.start()
        yield server
        await server.kill()


@pytest.fixture(scope="session")
def vectors_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def real_server() -> AsyncIterator[VectorSettings]:
    chosen = settings(**SERVER)
    yield chosen
    client = connect(chosen)
    for collection in (await client.get_collections()).collections:
        if MODEL in collection.name:
            await client.delete_collection(collection.name)
    await client.close()


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens an index on one and the same store, for the model of a name."""
    if request.param == "memory":
        client, chosen = AsyncQdrantClient(":memory:"), settings()
        return lambda model: Index(Qdrant(client, collection_name(model, DIMENSIONS), DIMENSIONS), chosen)
    if request.param == "embedded":
        chosen = settings(PARLEY_DATA=request.getfixturevalue("vectors_folder"))
    elif request.param == "process":
        server: VectorServer = request.getfixturevalue("vector_server")
        chosen = settings(QDRANT_URL=server.url, QDRANT_API_KEY=server.key)
    else:
        chosen = request.getfixturevalue("real_server")
    return lambda model: open_index(chosen, model, DIMENSIONS)


@pytest.fixture
def model() -> str:
    """What every name of a model must begin with, so that nothing of it stays on a real server."""
    return MODEL


@pytest_asyncio.fixture
async def index(opened: Open) -> AsyncIterator[Index]:
    index = opened(MODEL)
    yield index
    await index.close()


@pytest.fixture
def owner() -> str:
    """Somebody who has stored nothing yet."""
    return f"user-{uuid4()}"
