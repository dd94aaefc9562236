"""All that can be known about a run once it is over, from its clients, the databases, the broker and the logs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.database import Rows, fetch
from harness.injuries import Injury
from harness.journey import Json, Story
from harness.model import Call, calls
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_standalone.stack import Stack

PATIENCE = 60.0
SERVICES = ("gateway", "enhancer")


@dataclass(frozen=True)
class Evidence:
    """`jobs`, `steps` and `questions` are the worker's rows, `snapshots`, `events` and `answers` the gateway's.

    `left` counts what lies in outboxes and queues by their names; `lease` is in seconds.
    """

    lease: float
    injuries: list[Injury]
    stories: list[Story]
    calls: list[Call]
    jobs: Rows
    steps: Rows
    questions: Rows
    snapshots: Rows
    events: Rows
    answers: Rows
    left: dict[str, int]
    letters: list[Json]
    logs: dict[str, list[Json]]


async def gather(
    stack: Stack, model: ScriptedModel, *, lease: float, injuries: list[Injury], stories: list[Story]
) -> Evidence:
    """Waits until what can still move has come to rest."""
    left = await _at_rest(stack)
    worker, gateway = (stack.database_url(service) for service in reversed(SERVICES))
    return Evidence(
        lease=lease,
        injuries=injuries,
        stories=stories,
        calls=calls(await model.meter()),
        jobs=await fetch(worker, "SELECT * FROM job"),
        steps=await fetch(worker, "SELECT * FROM step"),
        questions=await fetch(worker, "SELECT * FROM question"),
        snapshots=await fetch(gateway, "SELECT * FROM job"),
        events=await fetch(gateway, "SELECT * FROM event ORDER BY job, epoch, seq"),
        answers=await fetch(gateway, "SELECT * FROM question"),
        left=left,
        letters=await dead_letters(stack),
        logs={service.name: _log(service.process.log) for service in stack.services},
    )


async def dead_letters(stack: Stack) -> list[Json]:
    """What lies in all dead-letter queues."""
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False, timeout=30) as http:
        letters: list[Json] = (await http.get("/v1/dead")).raise_for_status().json()["items"]
    return letters


async def _at_rest(stack: Stack) -> dict[str, int]:
    """What lies in outboxes and queues, once that is nothing; what is there all the same when patience ends."""
    left = await _left(stack)
    try:
        async with asyncio.timeout(PATIENCE):
            while any(left.values()):
                await asyncio.sleep(0.5)
                left = await _left(stack)
    except TimeoutError:
        pass
    return left


async def _left(stack: Stack) -> dict[str, int]:
    left: dict[str, int] = {}
    for service in SERVICES:
        rows = await fetch(stack.database_url(service), "SELECT count(*) FROM outbox")
        left[f"{service}'s outbox"] = rows[0]["count"]
    async with stack.rabbit.management() as api:
        queues: list[dict[str, Any]] = (await api.get("/queues")).raise_for_status().json()
    return left | {queue["name"]: queue.get("messages", 0) for queue in queues}


def _log(path: Path) -> list[Json]:
    lines = path.read_text(errors="replace").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]
