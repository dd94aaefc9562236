"""The interface described: OpenAPI with Swagger UI, AsyncAPI as a page; every asset is served from here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse

from parley_gateway.api.asyncapi import document
from parley_gateway.api.asyncapi_page import STYLE, render

router = APIRouter(include_in_schema=False)

Asset = Literal["swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"]
_TYPES = {"js": "text/javascript", "css": "text/css", "png": "image/png"}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="/docs/assets/favicon.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true, validatorUrl: null
});
"""


@router.get("/docs")
async def swagger() -> HTMLResponse:
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js")
async def start() -> Response:
    return Response(_START, media_type="text/javascript")


@router.get("/asyncapi.json")
async def asyncapi_json() -> JSONResponse:
    return JSONResponse(document())


@router.get("/docs/asyncapi")
async def asyncapi_page() -> HTMLResponse:
    return HTMLResponse(render(document()))


@router.get("/docs/asyncapi.css")
async def asyncapi_style() -> Response:
    return Response(STYLE, media_type="text/css")


@router.get("/docs/assets/{name}")
async def asset(name: Asset) -> Response:
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(_read(name), media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


@cache
def _read(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()
