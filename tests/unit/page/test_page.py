"""The web app as the gateway serves it: whatever no route takes, and nothing but what was built."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from parley_gateway import problems
from parley_gateway.api import page

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Parley</title>")
    (folder / "theme.js").write_text("// theme")
    (folder / ".stamp").write_text("secret of the build")
    (folder / "assets" / "index-abc123.js").write_text("// app")
    (tmp_path / "outside.txt").write_text("not yours")
    return folder


@pytest_asyncio.fixture
async def client(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)

    @app.get("/v1/things")
    async def things() -> list[str]:
        return ["one"]

    page.install(app, built)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parley") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/jobs", "/research/0199a7f0-0000-7000-8000-000000000001", "/nowhere/at/all"])
async def test_an_address_of_the_app_is_its_page_and_asked_for_each_time(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.text.startswith("<!doctype html><title>Parley")


async def test_what_has_its_hash_in_its_name_is_kept_for_ever(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/index-abc123.js")
    assert (answer.status_code, answer.text) == (200, "// app")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_another_file_is_asked_for_each_time_and_sent_when_it_has_changed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/theme.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    again = await client.get("/theme.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/.stamp", "/../outside.txt", "/%2e%2e/outside.txt", "/assets/..%2f..%2f..%2foutside.txt", "/assets/gone.js"],
)
async def test_nothing_else_is_a_file(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert "not yours" not in answer.text
    assert "secret" not in answer.text


async def test_routes_come_first_and_clients_of_the_api_get_problems(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things", headers=BROWSER)).json() == ["one"]
    for answer in (await client.get("/v1/nothing"), await client.post("/jobs", headers=BROWSER)):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (await client.post("/v1/things")).status_code == 405


async def test_an_app_that_was_not_built_says_how_to_build_it(client: httpx.AsyncClient, built: Path) -> None:
    (built / "index.html").unlink()
    answer = await client.get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert "make run" in answer.text
    assert "<script" not in answer.text
