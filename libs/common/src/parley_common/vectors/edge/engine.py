"""One collection in Qdrant's engine, run in this process: the only module that knows `qdrant_edge`.

What one must know of the engine is in README.md beside this file. Two things shape this module: a call holds the
interpreter's lock until it returns, and a change is in memory alone until it is flushed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import qdrant_edge as engine

from parley_common.vectors.edge.failures import EngineFailed, EngineRefused
from parley_common.vectors.edge.wire import (
    Condition,
    CreateCollection,
    FieldSchema,
    Filter,
    MatchAny,
    PointStruct,
    Query,
    Sparse,
)

# No graph is ever built: it would hold the interpreter's lock for seconds, while an owner's passages are few enough to
# be compared one by one.
_NEVER = 2**40
_OWN_FAULT = "Service runtime error"


class Shard:
    """Points with their vectors and payloads in one folder. Not for several threads."""

    def __init__(self, shard: engine.EdgeShard) -> None:
        self._shard = shard

    @classmethod
    def create(cls, folder: Path, collection: CreateCollection) -> Shard:
        config = engine.EdgeConfig(
            vectors={
                name: engine.EdgeVectorParams(size=params.size, distance=engine.Distance.Cosine)
                for name, params in collection.vectors.items()
            },
            sparse_vectors={
                name: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf) for name in collection.sparse_vectors
            },
            optimizers=engine.EdgeOptimizersConfig(indexing_threshold=_NEVER),
            # It saves nobody from a power cut, and what is flushed before it is acknowledged needs none.
            wal_enabled=False,
        )
        with _guarded():
            return cls(engine.EdgeShard.create(str(folder), config))

    @classmethod
    def load(cls, folder: Path) -> Shard:
        with _guarded():
            return cls(engine.EdgeShard.load(str(folder)))

    def index(self, field: str, schema: FieldSchema) -> None:
        params: Any = engine.IntegerIndexParams(lookup=schema.lookup, range=schema.range)
        if schema.type == "keyword":
            params = engine.KeywordIndexParams(is_tenant=schema.is_tenant)
        self._update(engine.UpdateOperation.create_field_index(field, params))

    def upsert(self, points: Sequence[PointStruct]) -> None:
        self._update(engine.UpdateOperation.upsert_points([_point(point) for point in points]))

    def delete(self, which: Filter) -> None:
        self._update(engine.UpdateOperation.delete_points_by_filter(_filter(which)))

    def set_payload(self, payload: dict[str, Any], which: Filter) -> None:
        self._update(engine.UpdateOperation.set_payload_by_filter(_filter(which), payload))

    def count(self, which: Filter) -> int:
        with _guarded():
            return self._shard.count(engine.CountRequest(exact=True, filter=_filter(which)))

    def query(self, queries: Sequence[Query]) -> list[list[dict[str, Any]]]:
        with _guarded():
            answers = self._shard.query_batch(engine.QueryBatchRequest([_query(query) for query in queries]))
        return [[_scored(point) for point in answer] for answer in answers]

    def optimize(self) -> bool:
        """Give back the space of deleted points, once they are a fifth; whether there was anything to do."""
        with _guarded():
            return self._shard.optimize()

    def info(self) -> dict[str, int]:
        info = self._shard.info()
        return {
            "points_count": self._shard.count(engine.CountRequest(exact=True)),
            "indexed_vectors_count": info.indexed_vectors_count,
            "segments_count": info.segments_count,
        }

    def flush(self) -> None:
        with _guarded():
            self._shard.flush()

    def close(self) -> None:
        self._shard.close()

    def _update(self, operation: engine.UpdateOperation) -> None:
        with _guarded():
            self._shard.update(operation)


@contextmanager
def _guarded() -> Iterator[None]:
    """The engine raises bare exceptions, and for a bug of its own one that is no `Exception` at all."""
    try:
        yield
    except Exception as error:
        failed = _OWN_FAULT in str(error)
        raise (EngineFailed if failed else EngineRefused)(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineFailed(str(error)) from error


def _point(point: PointStruct) -> engine.Point:
    vectors = {name: _vector(vector) for name, vector in point.vector.items()}
    return engine.Point(point.id, vectors, point.payload)


def _vector(vector: list[float] | Sparse) -> Any:
    if isinstance(vector, Sparse):
        return engine.SparseVector(indices=vector.indices, values=vector.values)
    return vector


def _query(query: Query) -> engine.QueryRequest:
    idf = engine.IdfParams(corpus=_filter(query.params.idf.corpus)) if query.params else None
    return engine.QueryRequest(
        limit=query.limit,
        query=engine.Query.Nearest(_vector(query.query.nearest), using=query.using),
        filter=_filter(query.filter),
        params=engine.SearchParams(idf=idf),
        with_payload=True,
    )


def _filter(which: Filter) -> engine.Filter:
    return engine.Filter(must=[_condition(c) for c in which.must], must_not=[_condition(c) for c in which.must_not])


def _condition(condition: Condition) -> engine.FieldCondition:
    match = condition.match
    wanted = engine.MatchAny(match.any) if isinstance(match, MatchAny) else engine.MatchValue(match.value)
    return engine.FieldCondition(key=condition.key, match=wanted)


def _scored(point: engine.ScoredPoint) -> dict[str, Any]:
    return {"id": point.id, "version": point.version, "score": point.score, "payload": point.payload}
