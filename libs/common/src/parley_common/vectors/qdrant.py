"""Qdrant as Parley uses it, through its own client: the only module that knows it.

One collection for each embedder. A passage has a dense vector, compared by cosine, and a sparse one for BM25, whose
terms Qdrant weighs by how rare they are among the passages of the owner.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from parley_common.vectors.bm25 import Terms
from parley_common.vectors.edge.shared import in_process
from parley_common.vectors.failures import failure
from parley_common.vectors.points import Found, Point, Which
from parley_common.vectors.settings import VectorSettings

DENSE = "dense"
BM25 = "bm25"
_EXISTS = 409
# Graphs are built for each owner alone: nobody ever searches among everybody's passages.
_HNSW = models.HnswConfigDiff(m=0, payload_m=16)
_INDEXES: dict[str, models.PayloadSchemaParams] = {
    "owner": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
    "type": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, enable_hnsw=False),
    "source": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, enable_hnsw=False),
    "version": models.IntegerIndexParams(
        type=models.IntegerIndexType.INTEGER, lookup=True, range=False, enable_hnsw=False
    ),
}


def collection_name(embedder: str, dimensions: int) -> str:
    """The collection of an embedder's vectors: its name if that is fit for one, else one that nothing else has."""
    safe = re.sub(r"[^a-z0-9_-]", "-", embedder.lower())[:100]
    mark = "" if safe == embedder else f"-{hashlib.sha256(embedder.encode()).hexdigest()[:8]}"
    return f"parley-{safe}{mark}-{dimensions}"


class _Client(AsyncQdrantClient):
    """Sends questions as they are. Its own way copies each, number by number, in case it is a text to be embedded."""

    def _resolve_query_batch_request(self, requests: Sequence[models.QueryRequest]) -> Sequence[models.QueryRequest]:
        return requests


def connect(settings: VectorSettings) -> AsyncQdrantClient:
    """A client of the server in the settings, or of the engine in this process, which it shares and lets go of."""
    options: dict[str, Any] = {"timeout": math.ceil(settings.qdrant_timeout), "check_compatibility": False}
    if settings.qdrant_url is None:
        return _Client(url="http://in-process", transport=in_process(settings), **options)
    key = settings.qdrant_api_key
    # As a header: given by name, the client complains of every server of the same machine or network.
    headers = {"api-key": key.get_secret_value()} if key else {}
    limits = httpx.Limits(max_connections=settings.qdrant_connections)
    return _Client(url=settings.qdrant_url, headers=headers, limits=limits, **options)


class Qdrant:
    """The passages of one collection, which is made on first use."""

    def __init__(self, client: AsyncQdrantClient, collection: str, dimensions: int) -> None:
        self.dimensions = dimensions
        self._client = client
        self._collection = collection
        self._made = False
        self._making = asyncio.Lock()

    async def upsert(self, points: Sequence[tuple[Point, Terms]]) -> None:
        with self._translated():
            await self._make()
            structs = [_struct(point, terms) for point, terms in points]
            await self._client.upsert(self._collection, structs, wait=True)

    async def count(self, which: Which) -> int:
        with self._translated():
            await self._make()
            counted = await self._client.count(self._collection, count_filter=_filter(which), exact=True)
        return counted.count

    async def delete(self, which: Which) -> None:
        with self._translated():
            await self._make()
            selector = models.FilterSelector(filter=_filter(which))
            await self._client.delete(self._collection, selector, wait=True)

    async def publish(self, which: Which) -> None:
        with self._translated():
            await self._make()
            await self._client.set_payload(self._collection, {"type": which.kind}, _filter(which), wait=True)

    async def search(
        self, which: Which, dense: Sequence[float], terms: Terms, limit: int
    ) -> tuple[list[Found], list[Found]]:
        """The nearest and those with the most telling words: one call, two lists, each with its own scores."""
        requests = [_request(which, list(dense), DENSE, limit)]
        if terms:
            sparse = models.SparseVector(indices=terms.indices, values=terms.values)
            corpus = models.IdfCorpusParams(corpus=_filter(Which(which.owner, which.kind, drafts=False)))
            requests.append(_request(which, sparse, BM25, limit, models.SearchParams(idf=corpus)))
        with self._translated():
            await self._make()
            answers = await self._client.query_batch_points(self._collection, requests)
        near, worded = [[_found(point) for point in answer.points] for answer in answers] + [[]] * (not terms)
        return near, worded

    async def close(self) -> None:
        await self._client.close()

    async def _make(self) -> None:
        """Idempotent, and safe when several processes do it at once: each step takes another's work for its own."""
        async with self._making:
            if self._made:
                return
            if not await self._client.collection_exists(self._collection):
                await self._create()
            for field, schema in _INDEXES.items():
                await self._client.create_payload_index(self._collection, field, schema, wait=True)
            self._made = True

    async def _create(self) -> None:
        try:
            await self._client.create_collection(
                self._collection,
                vectors_config={DENSE: models.VectorParams(size=self.dimensions, distance=models.Distance.COSINE)},
                sparse_vectors_config={BM25: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                hnsw_config=_HNSW,
            )
        except UnexpectedResponse as error:
            if error.status_code != _EXISTS:
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The client's errors as ours; whether the collection is still there is asked again after each."""
        try:
            yield
        except ResourceExhaustedResponse as error:
            raise failure(429, retry_after=error.retry_after_s) from error
        except UnexpectedResponse as error:
            self._made = False
            raise failure(error.status_code) from error
        except (ResponseHandlingException, QdrantException) as error:
            raise failure(None) from error


def _struct(point: Point, terms: Terms) -> models.PointStruct:
    vector: dict[str, Any] = {DENSE: point.dense}
    if terms:
        vector[BM25] = models.SparseVector(indices=terms.indices, values=terms.values)
    payload = {
        "owner": point.owner,
        "type": _draft(point.kind) if point.draft else point.kind,
        "source": str(point.source),
        "version": point.version,
        "ordinal": point.ordinal,
        "text": point.text,
        "data": point.payload,
    }
    return models.PointStruct(id=str(point.id), vector=vector, payload=payload)


# Both lists of a search have much in common, and passages their source.
_uuid = lru_cache(maxsize=4096)(UUID)


def _found(point: models.ScoredPoint) -> Found:
    payload = point.payload or {}
    return Found(
        id=_uuid(str(point.id)),
        score=point.score,
        source=_uuid(payload["source"]),
        version=payload["version"],
        ordinal=payload["ordinal"],
        text=payload["text"],
        payload=payload["data"],
    )


def _request(
    which: Which, query: Any, using: str, limit: int, params: models.SearchParams | None = None
) -> models.QueryRequest:
    return models.QueryRequest(
        query=models.NearestQuery(nearest=query),
        using=using,
        filter=_filter(which),
        limit=limit,
        params=params,
        with_payload=True,
    )


def _filter(which: Which) -> models.Filter:
    kind = _among("type", [which.kind, _draft(which.kind)]) if which.drafts else _is("type", which.kind)
    must, must_not = [_is("owner", which.owner), kind], []
    if which.sources is not None:
        must.append(_among("source", which.sources))
    if which.version is not None:
        must.append(_is("version", which.version))
    if which.excluding:
        must_not.append(_among("source", which.excluding))
    if which.except_version is not None:
        must_not.append(_is("version", which.except_version))
    return models.Filter(must=list(must), must_not=list(must_not) or None)


def _is(field: str, value: str | int) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchValue(value=value))


def _draft(kind: str) -> str:
    """What drafts are filed under: a search for the kind passes them by like passages of any other kind."""
    return f"{kind}_draft"


def _among(field: str, values: Sequence[UUID | str]) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchAny(any=[str(value) for value in values]))
