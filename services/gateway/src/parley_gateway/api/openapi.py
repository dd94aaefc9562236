"""The OpenAPI document with every error in it: problems, under their own media type, wherever one may be answered."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from parley_gateway.problems import ProblemBody, ProblemResponse

Operation = dict[str, Any]
PROBLEM = "#/components/schemas/ProblemBody"
_REPLACED = {PROBLEM, "#/components/schemas/HTTPValidationError"}


def install(app: FastAPI) -> None:
    """Complete what FastAPI derives from the routes with what is decided around them; call with all routes in place."""
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            complete(derive())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign] # the way FastAPI documents


def complete(document: dict[str, Any]) -> None:
    """Add to each operation the problems it may answer with."""
    schemas = document["components"]["schemas"]
    schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs"), ProblemBody=schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, path)


def _complete(operation: Operation, method: str, path: str) -> None:
    responses = operation["responses"]
    for status in {*_problems(operation, method, path), *_declared(responses)}:
        content = {ProblemResponse.media_type: {"schema": {"$ref": PROBLEM}}}
        said = responses.get(str(status), {}).get("description") or HTTPStatus(status).phrase
        responses[str(status)] = {"description": said, "content": content}
    operation["responses"] = dict(sorted(responses.items()))


def _problems(operation: Operation, method: str, path: str) -> Iterator[int]:
    """What a request can meet before it reaches its route, or instead of it."""
    yield from (400, 421, 422)
    if not path.startswith("/health/"):
        yield 503
    if "security" in operation:
        yield 401
    if "requestBody" in operation:
        yield 415
    if method in {"post", "put"}:
        yield from (413, 429)
    if path.startswith("/auth/"):
        yield from (401, 409)
    if path.startswith("/v1/dead"):
        yield from (403, 404)
    if path.endswith("/events"):
        yield 429


def _declared(responses: dict[str, Any]) -> Iterator[int]:
    for status, response in responses.items():
        content = response.get("content", {}).get("application/json", {})
        if content.get("schema", {}).get("$ref") in _REPLACED:
            yield int(status)
