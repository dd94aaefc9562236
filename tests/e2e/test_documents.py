"""What describes Parley, and what watches it: everything comes from here, and says what is so."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from support.system import Embedded
from support.visitor import Visitor

from parley_common.bus.catalog import CATALOG, EVENT_TYPES


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/docs/asyncapi", "/docs/asyncapi/"])
async def test_page_loads_everything_from_here(visitor: Visitor, path: str) -> None:
    page = await visitor.http.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy)
    for asset in re.findall(r"""(?:src|href|action|poster|data)=["']([^"'#]+)["']""", page.text):
        assert not re.match(r"(?:[a-z]+:)?//", asset), asset
        if not asset.startswith("data:"):
            assert (await visitor.http.get(asset)).status_code == 200, asset
    assert not re.search(r"<script(?![^>]*src=)[^>]*>", page.text)


async def test_scripts_and_styles_of_the_page_name_no_other_host(visitor: Visitor) -> None:
    page = (await visitor.http.get("/")).text
    for asset in re.findall(r"""(?:src|href)=["']([^"'#]+\\.(?:js|css))["']""", page):
        assert not re.search(
            r"""(?:import|fetch|url|src)\\s*\\(?\\s*["']?(?:https?:)?//""", (await visitor.http.get(asset)).text
        )


async def test_asyncapi_covers_the_catalog_and_all_its_references_lead_somewhere(visitor: Visitor) -> None:
    answer = await visitor.http.get("/asyncapi.json")
    document = answer.json()
    assert document["asyncapi"].startswith("3.")
    assert {"title", "version"} <= document["info"].keys()
    assert set(CATALOG) <= {channel["address"] for channel in document["channels"].values()}
    spoken = next(channel for channel in document["channels"].values() if channel["address"] == "/v1/ws")
    assert set(EVENT_TYPES) <= spoken["messages"].keys()
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"]["$ref"].startswith("#/channels/")
    for reference in re.findall(r'"\$ref": ?"#([^"]+)"', answer.text):
        found = document
        for part in reference.split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        assert isinstance(found, dict)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_alive_and_ready_say_so(visitor: Visitor) -> None:
    for path in ("/health/live", "/health/ready/"):
        assert (await visitor.http.get(path)).status_code == 200


async def test_every_response_has_the_headers_that_keep_pages_safe(visitor: Visitor, embedded: Embedded) -> None:
    for path in ("/", "/docs", "/v1/jobs", "/nowhere", "/openapi.json"):
        headers = (await visitor.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
