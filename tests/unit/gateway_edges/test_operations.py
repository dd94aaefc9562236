"""Health, numbers and the described interface."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from parley_common.bus import failures
from parley_common.bus.broker import Bus
from parley_common.bus.catalog import CATALOG
from parley_common.bus.topology import DEAD
from parley_gateway.api.asyncapi_page import render

NOTE = {"text": "a"}


async def test_live_says_only_that_the_process_answers(open_gateway: Any) -> None:
    gateway = await open_gateway()
    gateway.app.state.checks = {}
    assert (await gateway.client.get("/health/live")).json() == {"status": "alive"}


async def test_ready_names_everything_it_asked(open_gateway: Any) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "ok", "redis": "ok", "broker": "ok"}}


async def test_not_ready_says_what_is_missing(open_gateway: Any) -> None:
    async def no() -> bool:
        return False

    async def broken() -> bool:
        raise OperationalError("SELECT 1", {}, ConnectionRefusedError("postgres:5432, password=hunter2"))

    gateway = await open_gateway()
    gateway.app.state.checks = {**gateway.app.state.checks, "broker": no, "database": broken}
    answer = await gateway.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert answer.json()["checks"] == {"database": "failed", "redis": "ok", "broker": "failed"}
    assert "hunter2" not in answer.text


async def test_requests_are_counted_by_route_template_and_never_by_id(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for path in ("/notes/4711", "/notes/4712", "/nowhere/4713"):
        await gateway.client.get(path)
    await gateway.client.request("BREW", "/notes/4714")
    families = list(text_string_to_metric_families((await gateway.client.get("/metrics")).text))
    values = {value for family in families for sample in family.samples for value in sample.labels.values()}
    assert not [value for value in values if "471" in value]
    requests = next(family for family in families if family.name == "parley_http_requests")
    labels = {(s.labels["method"], s.labels["route"], s.labels["status"]) for s in requests.samples}
    assert {("GET", "/notes/{number}", "404"), ("GET", "unmatched", "404")} <= labels
    methods = {method for method, *_ in labels}
    assert "OTHER" in methods
    assert "BREW" not in methods


async def test_routes_of_included_routers_count_under_their_whole_path(open_gateway: Any) -> None:
    gateway = await open_gateway()
    await gateway.client.get("/v1/dead/x")
    assert 'route="/v1/dead/{letter_id}"' in (await gateway.client.get("/metrics")).text


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/asyncapi"])
async def test_pages_take_nothing_from_elsewhere_and_run_no_inline_script(open_gateway: Any, path: str) -> None:
    gateway = await open_gateway()
    page = await gateway.client.get(path)
    assert page.status_code == 200
    assert "http" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', page.text))
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|<style", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    for asset in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert (await gateway.client.get(asset)).status_code == 200


async def test_unknown_asset_is_404_or_422(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for name in ("passwd", "..%2f..%2fcore.py"):
        assert (await gateway.client.get(f"/docs/assets/{name}")).status_code in {404, 422}


async def test_openapi_describes_sign_in_and_bearer_tokens(open_gateway: Any) -> None:
    gateway = await open_gateway()
    document = (await gateway.client.get("/openapi.json")).json()
    [scheme] = document["components"]["securitySchemes"].values()
    assert scheme["flows"]["password"]["tokenUrl"] == "/auth/token"
    assert {"/auth/register", "/auth/token", "/v1/ws-ticket", "/health/ready", "/v1/dead"} <= document["paths"].keys()


async def test_every_answer_has_security_headers(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for path in ("/health/live", "/nowhere", "/bug", "/docs"):
        answer = await gateway.client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


async def test_dead_letters_are_for_operators(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt, operators=frozenset({"ada"}))
    ada, grace = await gateway.sign_up("ada"), await gateway.sign_up("grace")
    assert (await gateway.client.get("/v1/dead")).status_code == 401
    for request in (("GET", "/v1/dead"), ("GET", "/v1/dead/x"), ("POST", "/v1/dead/x/replay")):
        refused = await gateway.client.request(*request, headers=grace)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await gateway.client.get("/v1/dead", params={"limit": 0}, headers=ada)).status_code == 422


async def test_operator_sees_a_dead_letter_and_sends_it_back(open_gateway: Any) -> None:
    gateway = await open_gateway()
    bus = Bus(gateway.app.state.broker)
    await bus.start()
    headers: dict[str, Any] = {failures.ERROR: "invalid: no lazy_prompt", failures.KEY: "enhancer.start.v1"}
    await bus.broker.publish({"n": 1}, exchange=DEAD, routing_key="enhancer.interactive", headers=headers)
    [letter] = (await gateway.client.get("/v1/dead", params={"queue": "enhancer.interactive"})).json()["items"]
    assert (letter["reason"], letter["queue"]) == ("invalid: no lazy_prompt", "enhancer.interactive")
    assert (await gateway.client.get(f"/v1/dead/{letter['id']}")).json() == letter
    assert (await gateway.client.post(f"/v1/dead/{letter['id']}/replay")).status_code == 200
    assert (await gateway.client.get("/v1/dead")).json()["items"] == []
    for path in ("/v1/dead?queue=nowhere", f"/v1/dead/{letter['id']}"):
        assert (await gateway.client.get(path)).status_code == 404
    await bus.stop()


async def test_asyncapi_covers_the_catalog_and_its_references_lead_somewhere(open_gateway: Any) -> None:
    gateway = await open_gateway()
    described = (await gateway.client.get("/asyncapi.json")).json()
    assert ApplicationSchema.model_validate(described).asyncapi == "3.0.0"
    assert described["channels"].keys() == {*CATALOG, "/v1/ws"}
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(described)):
        target = described
        for part in reference.split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]


def test_asyncapi_page_escapes_what_it_shows() -> None:
    page = render({"info": {"title": "<script>"}, "components": {"messages": {"<b>": {"x": "</pre>"}}}})
    assert "<script>" not in page
    assert "<b>" not in page
    assert page.count("</pre>") == 1
