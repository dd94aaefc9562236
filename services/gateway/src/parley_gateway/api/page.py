"""The web app: its built files under their own names, its one page at `/` and at every address that is its own."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

INDEX = "index.html"
ASSETS = "/assets/"
# The names of what is in there change with the content.
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parley</title>
<body style="max-width: 34rem; margin: 15vh auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif">
<h1>The web app is not built</h1>
<p>Parley runs, and its <a href="/docs">HTTP API</a>, its <a href="/docs/asyncapi">events</a> and the
<code>parley</code> command work. Its pages have to be built once, with Node.js 20 or newer and npm.</p>
<p>Install Node.js, then start Parley again with <code>make run</code>, which builds them by itself;
or build them with <code>make web</code> and load this page again.</p>
"""


def install(app: FastAPI, folder: Path) -> None:
    """Serve the app built into `folder` wherever no route takes a request; API clients still get their problems."""
    files = StaticFiles(directory=folder, check_dir=False)
    nothing = app.router.default

    async def file_or_page(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await _answer(files, folder, scope) or nothing
        await answer(scope, receive, send)

    app.router.default = file_or_page


async def _answer(files: StaticFiles, folder: Path, scope: Scope) -> Response | None:
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return None
    path: str = scope["path"]
    if path == "/":
        return _page(folder)
    return await _file(files, scope) or (_page(folder) if _is_address(path, scope) else None)


async def _file(files: StaticFiles, scope: Scope) -> Response | None:
    path: str = scope["path"]
    if any(part.startswith(".") for part in path.split("/")):
        return None
    try:
        found = await files.get_response(files.get_path(scope), scope)
    except HTTPException:
        return None
    found.headers["Cache-Control"] = FOR_EVER if path.startswith(ASSETS) else ASK_EACH_TIME
    return found


def _is_address(path: str, scope: Scope) -> bool:
    """Whether a person asks, for something that does not look like a file."""
    return "text/html" in Headers(scope=scope).get("accept", "") and "." not in path.rpartition("/")[2]


def _page(folder: Path) -> Response:
    headers = {"Cache-Control": ASK_EACH_TIME}
    if (folder / INDEX).is_file():
        return FileResponse(folder / INDEX, headers=headers)
    return HTMLResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, headers)
