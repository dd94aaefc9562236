"""The engine's server answers as Qdrant does, refuses what it does not know, and starts again with what it had."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from qdrant_client import AsyncQdrantClient

from parley_common.vectors.edge.app import edge_app
from parley_common.vectors.edge.engine import Shard
from parley_common.vectors.edge.failures import EngineFailed
from parley_common.vectors.edge.store import Store

MADE_AS = {
    "vectors": {"dense": {"size": 4, "distance": "Cosine"}},
    "sparse_vectors": {"bm25": {"modifier": "idf"}},
    "hnsw_config": {"m": 0, "payload_m": 16},
}
MINE = {"must": [{"key": "owner", "match": {"value": "me"}}]}
QUERY = {"query": {"nearest": [1, 0, 0, 0]}, "using": "dense", "filter": MINE, "limit": 3, "with_payload": True}


def point(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "vector": {"dense": [1, 0, 0, 0]}, "payload": {"owner": "me"}, **changes}


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(tmp_path, optimize_after=3)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge_app(store, max_body=10_000), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        assert (await client.put("/collections/a", json=MADE_AS)).json()["result"] is True
        yield client


async def count(client: httpx.AsyncClient) -> int:
    answer = await client.post("/collections/a/points/count", json={"filter": MINE, "exact": True})
    counted: int = answer.json()["result"]["count"]
    return counted


async def test_qdrant_s_own_client_understands_what_it_is_told_of_a_collection(store: Store) -> None:
    transport = httpx.ASGITransport(edge_app(store, max_body=10_000))
    client = AsyncQdrantClient(url="http://edge", transport=transport, check_compatibility=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as raw:
        await raw.put("/collections/a", json=MADE_AS)
        await raw.put("/collections/a/points", json={"points": [point(), point()]})
    info = await client.get_collection("a")
    assert (info.status, info.points_count) == ("green", 2)
    assert info.config.params.model_dump(exclude_none=True, mode="json")["vectors"]["dense"]["size"] == 4


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/points", {"points": [point(vector={"dense": [1, 0]})]}),
        ("PUT", "/points", {"points": [point(vector={"other": [1, 0, 0, 0]})]}),
        ("PUT", "/points", {"points": [point(vector={"bm25": {"indices": [1, 2], "values": [1]}})]}),
        ("PUT", "/points", {"points": [point(vector={"bm25": {"indices": [1, 1], "values": [1, 1]}})]}),
        ("PUT", "/points", {"points": [point(vector={"bm25": {"indices": [2**32], "values": [1]}})]}),
        ("PUT", "/points", {"points": [point(id="not an id")]}),
        ("PUT", "/points", {"points": [point()], "update_mode": "insert_only"}),
        ("POST", "/points/delete", {"filter": {"should": []}}),
        ("POST", "/points/delete", {"points": [1]}),
        ("POST", "/points/count", {"filter": MINE, "exact": False}),
        ("POST", "/points/query/batch", {"searches": [{**QUERY, "score_threshold": 0.5}]}),
        ("POST", "/points/query/batch", {"searches": [{**QUERY, "limit": 0}]}),
        ("POST", "/points/query/batch", {"searches": [{**QUERY, "query": {"nearest": [1]}}]}),
        ("POST", "/points/query/batch", {"searches": [{**QUERY, "params": {"exact": True}}]}),
        ("PUT", "/index", {"field_name": "owner", "field_schema": "geo"}),
        ("PUT", "", {**MADE_AS, "vectors": {"dense": {"size": 4, "distance": "Dot"}}}),
    ],
)
async def test_what_it_does_not_do_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    await client.put("/collections/a/points", json={"points": [point()]})
    answer = await client.request(method, f"/collections/a{path}", json=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"status", "time"}
    assert await count(client) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"points": NaN}', b"\xff\xfe", b'{"points": [' * 500])
async def test_what_is_no_request_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.put("/collections/a/points", content=body)).status_code == 400


async def test_a_vector_with_something_that_is_no_number_is_refused(client: httpx.AsyncClient) -> None:
    for number in ("NaN", "Infinity", "1e999", '"1"x', "null"):
        text = f'{{"points": [{{"id": "{uuid4()}", "vector": {{"dense": [{number}, 0, 0, 0]}}, "payload": {{}}}}]}}'
        assert (await client.put("/collections/a/points", content=text.encode())).status_code == 400


async def test_too_long_a_request_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.put("/collections/a/points", json={"points": [point(payload={"text": "x" * 10_000})]})
    assert answer.status_code == 413
    assert await count(client) == 0


async def test_names_lead_nowhere_else(client: httpx.AsyncClient, tmp_path: Path) -> None:
    for name in ("..", "%2e%2e", "..%2f..%2fetc", "a%00", "a b", "x" * 201, "ü"):
        assert (await client.put(f"/collections/{name}", json=MADE_AS)).status_code in (400, 404, 405)
    assert sorted(os.listdir(tmp_path)) == ["a", "lock"]


async def test_a_collection_is_made_once_and_none_is_made_by_using_it(client: httpx.AsyncClient) -> None:
    assert (await client.put("/collections/a", json=MADE_AS)).status_code == 409
    assert (await client.put("/collections/b/points", json={"points": [point()]})).status_code == 404
    assert (await client.get("/collections/b")).status_code == 404
    assert (await client.get("/collections/b/exists")).json()["result"] == {"exists": False}


async def test_one_bad_change_among_many_at_once_harms_no_other(client: httpx.AsyncClient) -> None:
    good = [{"points": [point()]} for _ in range(8)]
    bad = {"points": [point(vector={"dense": [1, 0]})]}
    answers = await asyncio.gather(
        *(client.put("/collections/a/points", json=body) for body in [*good, bad, *good[:4]])
    )
    assert [answer.status_code for answer in answers] == [*[200] * 8, 400, *[200] * 4]
    assert await count(client) == 8


async def test_a_start_finds_everything_but_a_collection_half_made(tmp_path: Path) -> None:
    first = Store(tmp_path, optimize_after=1)
    await first.use(lambda collections: None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(edge_app(first, max_body=10_000)), base_url="http://e"
    ) as raw:
        await raw.put("/collections/a", json=MADE_AS)
        await raw.put("/collections/half", json=MADE_AS)
        await raw.put("/collections/a/points", json={"points": [point() for _ in range(5)]})
    await first.close()
    (tmp_path / "half" / "collection.json").unlink()
    second = Store(tmp_path, optimize_after=1)
    assert await second.use(lambda collections: collections.names()) == {"a"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(edge_app(second, max_body=10_000)), base_url="http://e"
    ) as raw:
        assert await count(raw) == 5
        assert (await raw.put("/collections/half", json=MADE_AS)).status_code == 200
    await second.close()


async def test_the_space_of_what_was_deleted_is_given_back(client: httpx.AsyncClient, store: Store) -> None:
    """The engine keeps deleted points until they are a fifth of a thousand or more; some changes later they go."""
    for _ in range(20):
        points = [point(payload={"owner": "me" if n % 2 else "you"}) for n in range(60)]
        await client.put("/collections/a/points", json={"points": points})
    gone = {"filter": {"must": [{"key": "owner", "match": {"value": "you"}}]}}
    for _ in range(4):
        await client.post("/collections/a/points/delete", json=gone)
    assert await count(client) == 600
    kept = await store.use(lambda collections: collections.get("a").shard.info())
    assert (kept["points_count"], kept["segments_count"]) == (600, 1)
    assert await store.use(lambda collections: collections.get("a").shard.optimize()) is False, "it was done already"


async def test_when_the_engine_breaks_it_is_loaded_anew_and_what_was_acknowledged_is_there(
    client: httpx.AsyncClient, store: Store
) -> None:
    kept = point()
    await client.put("/collections/a/points", json={"points": [kept]})
    broken = await store.use(lambda collections: collections.get("a").shard)

    def break_down(shard: Shard) -> None:
        raise EngineFailed("broken")

    with pytest.raises(EngineFailed):
        await store.change("a", break_down)
    assert await store.use(lambda collections: collections.get("a").shard) is not broken
    assert (await client.put("/collections/a/points", json={"points": [kept, point()]})).status_code == 200
    assert await count(client) == 2
