"""The page, if one was built into this package: its files under their own names, nothing else is taken."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

INDEX = "index.html"


def install(app: FastAPI, folder: Path) -> None:
    """Serve the files of `folder`, `index.html` at `/`; a route per entry, so that unknown paths stay problems."""
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.is_dir():
            app.mount(f"/{entry.name}", StaticFiles(directory=entry))
        else:
            _serve(app, entry, "/" if entry.name == INDEX else f"/{entry.name}")


def _serve(app: FastAPI, file: Path, path: str) -> None:
    async def send() -> FileResponse:
        return FileResponse(file)

    app.add_api_route(path, send, methods=["GET", "HEAD"], include_in_schema=False)
