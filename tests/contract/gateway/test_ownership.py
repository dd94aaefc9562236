"""Whatever routes there are: nobody gets at what is somebody else's, not by its id, not in a list, not in a body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.contract.gateway.chatting import ANSWER, ChatWorker, working

from parley_gateway.settings import GatewaySettings

SECRET = "the lighthouse keeper counted ships"
# Names in paths that stand for nothing of anybody, and for letters that operators alone read.
NOBODYS = {"name", "model"}
OPERATORS = {"letter_id"}
# What a route is sent that takes something along with the id in its path.
ALONG: dict[str, dict[str, Any]] = {
    "POST /v1/jobs/{job}/questions/{question}/answer": {"json": {"value": "stolen"}},
    "PUT /api/upload/{document}": {"files": {"file": ("a.txt", b"stolen")}},
}
# Routes without an id in their path that take one in their body, and those that take none.
IN_BODY = {
    "POST /api/chat": ("conversation_id", {"query": "What?"}),
    "POST /deep-research/jobs/submit": ("dataset_id", {"question": "What?"}),
    "POST /deep-research/schedules": ("dataset_id", {"question": "What?", "cron": "0 0 29 2 *"}),
}
OWN_ALONE = {
    "POST /auth/register",
    "POST /auth/token",
    "POST /v1/ws-ticket",
    "POST /api/enhance",
    "POST /datasets",
    "POST /api/upload",
    "POST /v1/chat/completions",
}


def routes_of(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Method and path of each, those of included routers too."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from routes_of(included.routes)
        else:
            yield from ((method, route.path) for method in sorted(route.methods or ()) if method != "HEAD")


@pytest.fixture
def settings(tmp_path: Any) -> GatewaySettings:
    """Each store's own tests run on both databases."""
    return GatewaySettings(data=tmp_path / "data", cancel_wait=5.0)


async def possessions(gateway: Any, settings: Any, headers: dict[str, str]) -> dict[str, str]:
    """One of everything, by the name that paths and bodies have for it."""
    gateway.http.headers.update(headers)
    sent = {"file": ("notes.txt", SECRET.encode())}
    document = (await gateway.http.post("/api/upload", files=sent)).json()
    async with working(settings) as chatter:
        assert isinstance(chatter, ChatWorker)
        body = {"query": f"Say that {SECRET}"}
        asked = await gateway.http.post("/api/chat", json=body, headers={"Prefer": "respond-async"})
        job = await chatter.answer(body["query"], text=f"{ANSWER} {SECRET}")
        await gateway.job_when(job, lambda seen: seen["status"] == "completed")
    return {
        "document": document["id"],
        "conversation": asked.json()["conversation_id"],
        "job": await gateway.submit(lazy_prompt=SECRET),
        "question": str(uuid4()),
    }


async def test_no_route_gives_or_takes_anything_of_somebody_else(
    start_gateway: Any, settings: Any, researcher: Any
) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    own = await possessions(gateway, settings, ada)
    own["dataset"] = await gateway.loaded(researcher)
    body = {"dataset_id": own["dataset"], "question": SECRET, "cron": "0 0 29 2 *"}
    own["schedule"] = (await gateway.http.post("/deep-research/schedules", json=body)).json()["schedule_id"]
    before = await seen(gateway, own)
    gateway.http.headers.update(bob)
    for method, path in routes_of(gateway.server.config.app.routes):
        await check(gateway, method, path, own)
    gateway.http.headers.update(ada)
    assert await seen(gateway, own) == before


async def check(gateway: Any, method: str, path: str, own: dict[str, str]) -> None:
    route, names = f"{method} {path}", set(re.findall(r"{(\w+)", path))
    if names & NOBODYS:
        return
    if names:
        assert names <= {*own, *OPERATORS}, f"{route}: whose is it?"
        filled = re.sub(r"{(\w+)[^}]*}", lambda found: own.get(found[1], "x"), path)
        answer = await gateway.http.request(method, filled, **ALONG.get(route, {}))
        assert answer.status_code == (403 if names & OPERATORS else 404), (route, answer.text)
    elif method == "GET":
        answer = await gateway.http.get(path)
        assert not [each for each in own.values() if each in answer.text], route
    elif route in IN_BODY:
        name, fields = IN_BODY[route]
        answer = await gateway.http.post(path, json={**fields, name: own[name.removesuffix("_id")]})
        assert answer.status_code == 404, (route, answer.text)
    else:
        assert route in OWN_ALONE, f"{route}: can it name what is somebody else's?"
        return
    assert SECRET not in answer.text, route


async def seen(gateway: Any, own: dict[str, str]) -> list[Any]:
    """What its owner has, as far as a thief could have changed it."""
    paths = [
        f"/api/upload/{own['document']}",
        f"/api/chat/conversations/{own['conversation']}",
        f"/v1/jobs/{own['job']}",
        f"/datasets/{own['dataset']}",
        f"/deep-research/schedules/{own['schedule']}",
    ]
    answers = [await gateway.http.get(path) for path in paths]
    assert all(answer.status_code == 200 for answer in answers)
    return [answer.json() for answer in answers]
