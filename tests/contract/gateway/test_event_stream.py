"""Server-Sent Events: the log from any cursor, live to its end, and nothing twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

PATIENCE = 20.0


async def messages(gateway: Any, job: str, *, after: str = "", **headers: str) -> AsyncIterator[tuple[str | None, Any]]:
    """Each message's id and JSON."""
    path = f"/v1/jobs/{job}/events/" + (f"?after={after}" if after else "")
    async with asyncio.timeout(PATIENCE), gateway.http.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        identity = None
        async for line in response.aiter_lines():
            if line.startswith("id: "):
                identity = line.removeprefix("id: ")
            elif line.startswith("data: "):
                yield identity, json.loads(line.removeprefix("data: "))
                identity = None


async def test_a_stream_replays_goes_live_and_ends_behind_the_final_event(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    seen = []
    async for identity, event in messages(gateway, job):
        seen.append((identity, event["type"]))
        if event["type"] == "job.started":
            await worker.emit(job, "message.delta", None, message_id="m", delta="Dear", offset=0)
        if event["type"] == "message.delta":
            await worker.complete(job, 3)
    assert seen == [
        ("1:1", "job.accepted"),
        ("1:2", "job.started"),
        (None, "message.delta"),
        ("1:3", "job.completed"),
    ]


async def test_a_cursor_resumes_by_header_or_query_and_a_foreign_one_begins_anew(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    await worker.start(job)
    await worker.complete(job, 3)
    await gateway.job_when(job, lambda s: s["status"] == "completed")

    async def ids(**options: str) -> list[str | None]:
        return [identity async for identity, _ in messages(gateway, job, **options)]

    assert await ids(**{"Last-Event-ID": "1:2"}) == ["1:3"]
    assert await ids(after="1") == ["1:2", "1:3"]
    assert await ids(after="9:2") == ["1:1", "1:2", "1:3"]
    done = await gateway.http.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": "1:3"})
    assert done.status_code == 204


async def test_bad_requests_for_a_stream_are_client_errors(gateway: Any) -> None:
    job = await gateway.submit()
    assert (await gateway.http.get(f"/v1/jobs/{uuid4()}/events")).status_code == 404
    assert (await gateway.http.get("/v1/jobs/nope/events")).status_code == 422
    assert (await gateway.http.get(f"/v1/jobs/{job}/events?after=x")).status_code == 422


async def test_a_stopping_gateway_ends_its_streams(gateway: Any, worker: Any) -> None:
    job = await gateway.submit()
    async for _ in messages(gateway, job):
        gateway.server.should_exit = True
    assert (await worker.command("start", job))["job"] == job
