"""The part of Qdrant's REST API that Parley uses, in front of the engine in this process."""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from parley_common.vectors.edge import wire
from parley_common.vectors.edge.collections import Collection, Collections
from parley_common.vectors.edge.failures import StoreError
from parley_common.vectors.edge.store import Change, Store

M = TypeVar("M", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Any]]

COLLECTION = "/collections/{name}"
PROBES = ("/healthz", "/readyz", "/livez")
_DONE = {"operation_id": 0, "status": "completed"}


def edge_app(store: Store, *, max_body: int, key: str | None = None) -> ASGIApp:
    """Serves a store; with a `key`, only to those who send it as `api-key`."""
    edge = _Edge(store, max_body)
    routes = [
        *(Route(path, edge.probe) for path in PROBES),
        Route(COLLECTION, _answering(edge.info)),
        Route(COLLECTION, _answering(edge.create), methods=["PUT"]),
        Route(f"{COLLECTION}/exists", _answering(edge.exists)),
        Route(f"{COLLECTION}/index", _answering(edge.index), methods=["PUT"]),
        Route(f"{COLLECTION}/points", _answering(edge.upsert), methods=["PUT"]),
        Route(f"{COLLECTION}/points/payload", _answering(edge.set_payload), methods=["POST"]),
        Route(f"{COLLECTION}/points/delete", _answering(edge.delete), methods=["POST"]),
        Route(f"{COLLECTION}/points/count", _answering(edge.count), methods=["POST"]),
        Route(f"{COLLECTION}/points/query/batch", _answering(edge.query), methods=["POST"]),
    ]
    handlers: Any = {StoreError: _refusal, ValidationError: _malformed, HTTPException: _http_refusal, Exception: _bug}
    middleware = [Middleware(_Keyed, key=key)] if key else []
    return Starlette(routes=routes, exception_handlers=handlers, middleware=middleware)


class _Edge:
    """The handlers: each reads its request and has the store do it. Every change is durable when it is answered."""

    def __init__(self, store: Store, max_body: int) -> None:
        self._store = store
        self._max_body = max_body

    async def probe(self, _: Request) -> Response:
        await self._store.use(Collections.names)
        return PlainTextResponse("all shards are ready")

    async def exists(self, request: Request) -> dict[str, bool]:
        return {"exists": request.path_params["name"] in await self._store.use(Collections.names)}

    async def info(self, request: Request) -> dict[str, Any]:
        return await self._store.use(lambda collections: _described(collections.get(request.path_params["name"])))

    async def create(self, request: Request) -> bool:
        made_as = await self._read(request, wire.CreateCollection)
        name = wire.NAME.validate_python(request.path_params["name"])
        await self._store.use(lambda collections: collections.create(name, made_as))
        return True

    async def index(self, request: Request) -> dict[str, Any]:
        wanted = await self._read(request, wire.CreateFieldIndex)
        return await self._change(request, lambda shard: shard.index(wanted.field_name, wanted.field_schema))

    async def upsert(self, request: Request) -> dict[str, Any]:
        wanted = await self._read(request, wire.Upsert)
        return await self._change(request, lambda shard: shard.upsert(wanted.points))

    async def set_payload(self, request: Request) -> dict[str, Any]:
        wanted = await self._read(request, wire.SetPayload)
        return await self._change(request, lambda shard: shard.set_payload(wanted.payload, wanted.filter))

    async def delete(self, request: Request) -> dict[str, Any]:
        wanted = await self._read(request, wire.Delete)
        return await self._change(request, lambda shard: shard.delete(wanted.filter))

    async def count(self, request: Request) -> dict[str, int]:
        wanted = await self._read(request, wire.Count)
        name = request.path_params["name"]
        return {"count": await self._store.use(lambda collections: collections.get(name).shard.count(wanted.filter))}

    async def query(self, request: Request) -> list[dict[str, Any]]:
        wanted = await self._read(request, wire.QueryBatch)
        name = request.path_params["name"]
        lists = await self._store.use(lambda collections: collections.get(name).shard.query(wanted.searches))
        return [{"points": points} for points in lists]

    async def _change(self, request: Request, change: Change) -> dict[str, Any]:
        await self._store.change(request.path_params["name"], change)
        return _DONE

    async def _read(self, request: Request, model: type[M]) -> M:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self._max_body:
                raise HTTPException(413, f"JSON payload is larger than allowed (limit: {self._max_body} bytes).")
        return model.model_validate_json(bytes(body))


class _Keyed:
    """Lets pass who has the key, and anybody's probes."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", ())).get(b"api-key", b"")
        if scope["type"] == "http" and scope["path"] not in PROBES and not hmac.compare_digest(given, self._key):
            await PlainTextResponse("Invalid API key", 401)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        result = await handler(request)
        return _json({"result": result, "status": "ok", "time": time.perf_counter() - began})

    return answer


def _json(content: Any, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")


def _problem(detail: str, status: int) -> Response:
    return _json({"status": {"error": detail}, "time": 0.0}, status)


async def _refusal(_: Request, error: StoreError) -> Response:
    return _problem(str(error), error.status)


async def _malformed(_: Request, error: ValidationError) -> Response:
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return _problem(f"Format error in JSON body: {'.'.join(map(str, first['loc']))}: {first['msg']}", 400)


async def _http_refusal(_: Request, error: HTTPException) -> Response:
    return _problem(error.detail, error.status_code)


async def _bug(_: Request, __: Exception) -> Response:
    return _problem("Service internal error", 500)


def _described(collection: Collection) -> dict[str, Any]:
    made_as = collection.made_as
    return {
        "status": "green",
        "optimizer_status": "ok",
        **collection.shard.info(),
        "config": {
            "params": {"vectors": made_as.vectors, "sparse_vectors": made_as.sparse_vectors},
            "hnsw_config": {"ef_construct": 100, "full_scan_threshold": 10_000, **made_as.hnsw_config.model_dump()},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 0,
            },
        },
        "payload_schema": {},
    }
