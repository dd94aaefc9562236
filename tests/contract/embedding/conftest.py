"""The model in process and one behind a real test server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from parley_common.embedding.embedder import Embedder, EmbeddingSettings, open_embedder
from parley_common.testing.model_server.scripted import ScriptedModel

KEY = "sk-very-secret-key"
HOSTED = "text-embedding-3-small"


Connect = Callable[..., Embedder]


@pytest.fixture
async def hosted(scripted: ScriptedModel) -> AsyncIterator[Connect]:
    """Builds embedders of the test server, with any settings."""
    opened: list[Embedder] = []

    def build(**settings: Any) -> Embedder:
        given = {"base_url": scripted.base_url, "api_key": KEY, "embedding_model": HOSTED, **settings}
        opened.append(open_embedder(EmbeddingSettings(_env_file=None, **given)))
        return opened[-1]

    yield build
    for embedder in opened:
        await embedder.close()


@pytest.fixture
async def local() -> AsyncIterator[Embedder]:
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    yield embedder
    await embedder.close()


@pytest.fixture(params=["local", "hosted"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    found = request.getfixturevalue(request.param)
    embedder: Embedder = found if request.param == "local" else found()
    return embedder
