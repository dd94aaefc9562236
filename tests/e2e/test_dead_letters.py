"""A message that no service can use, from the broker to `parley dead` and back."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from faststream.rabbit import RabbitBroker
from support.clients import eventually
from support.visitor import Visitor

from parley_standalone.stack import Stack

Letter = dict[str, Any]
QUEUE = "enhancer.interactive"


async def parley(stack: Stack, *arguments: str) -> str:
    """What the command prints."""
    command = (sys.executable, "-m", "parley_standalone.cli", *arguments)
    environment = os.environ | {"PARLEY_URL": stack.url}
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def dead_letter(stack: Stack, body: str, *, deaths: int) -> Letter:
    """The one dead letter with this body, once it has died so many times."""
    for _ in range(30):
        letters: list[Letter] = [
            json.loads(each) for each in (await parley(stack, "dead", "ls", "--json")).splitlines()
        ]
        found = [letter for letter in letters if letter["body"] == body]
        if [letter["deaths"] for letter in found] == [deaths]:
            return found[0]
        await asyncio.sleep(0.1)
    raise TimeoutError("there is no such dead letter")


@pytest.mark.connected
async def test_poison_message_is_shown_with_its_reason_and_replayed_into_its_queue(stack: Stack) -> None:
    poison = f'{{"job": "not a job: {uuid4()}"}}'
    async with RabbitBroker(stack.rabbit.url) as broker:
        await broker.publish(poison.encode(), exchange="parley.commands", routing_key="enhancer.start.v1")
    letter = await dead_letter(stack, poison, deaths=1)
    assert letter["queue"] == "enhancer.interactive"
    shown = await parley(stack, "dead", "show", letter["id"])
    assert poison in shown
    assert letter["reason"] in shown
    assert await parley(stack, "dead", "replay", letter["id"]) == "replayed\n"
    assert (await dead_letter(stack, poison, deaths=2))["queue"] == letter["queue"]


async def letters_of(visitor: Visitor, bodies: set[str]) -> list[Letter]:
    """The dead letters with these bodies, once all of them are there."""
    found: list[Letter] = []

    async def are_there() -> bool:
        items = (await visitor.http.get("/v1/dead", params={"limit": 200})).json()["items"]
        found[:] = [letter for letter in items if letter["body"] in bodies]
        return {letter["body"] for letter in found} == bodies

    await eventually(are_there)
    return found


def start(job: str, owner: str = "local", prompt: str = "thanks") -> dict[str, Any]:
    """What the gateway says to start a job."""
    return {
        "job": job,
        "kind": "enhance",
        "owner": owner,
        "created_at": "2026-01-01T00:00:00Z",
        "input": {"task": "", "lazy_prompt": prompt},
    }


def kind(name: str) -> dict[str, Any]:
    return {"cloudEvents:type": name}


# Queue → messages nobody can use: exchange, key, headers.
POISON: dict[str, tuple[str, str, dict[str, Any]]] = {
    "enhancer.interactive": ("parley.commands", "enhancer.start.v1", kind("enhancer.start.v1")),
    "enhancer.batch": ("parley.commands", "enhancer.start.v1.batch", kind("enhancer.start.v1")),
    "enhancer.control": ("parley.commands", "enhancer.answer.v1", kind("enhancer.answer.v1")),
    "gateway.recorder": ("parley.events", "enhancer.job.started.v1", kind("enhancer.job.started.v1")),
}


@pytest.mark.connected
@pytest.mark.parametrize("queue", POISON)
async def test_poison_of_every_sort_ends_in_the_dead_letters_of_its_queue(stack: Stack, queue: str) -> None:
    exchange, key, headers = POISON[queue]
    mark = str(uuid4())
    bodies = {
        "not JSON": f"{{{mark}",
        "wrong shape": json.dumps({"mark": mark, "job": 7}),
        "a list": json.dumps([mark]),
        "wrong type": json.dumps(start(str(uuid4())) | {"mark": mark}),
    }
    async with RabbitBroker(stack.rabbit.url) as broker:
        for name, body in bodies.items():
            sent = kind("enhancer.nonsense.v1") if name == "wrong type" else headers
            await broker.publish(body.encode(), exchange=exchange, routing_key=key, headers=sent)
    async with Visitor(stack.url) as visitor:
        letters = await letters_of(visitor, set(bodies.values()))
    assert {letter["queue"] for letter in letters} == {queue}
    assert {letter["key"] for letter in letters} == {key}
    assert all(letter["reason"] and letter["time"] for letter in letters)


@pytest.mark.connected
async def test_start_command_that_died_runs_after_its_replay(stack: Stack) -> None:
    async with Visitor(stack.url) as visitor, RabbitBroker(stack.rabbit.url) as broker:
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        job = await visitor.submit("thanks", run_at=later)
        body = json.dumps(start(job))
        headers = kind("enhancer.start.v1") | {"parley-error": "its worker was too old", "parley-queue": QUEUE}
        await broker.publish(body.encode(), exchange="parley.dead", routing_key=QUEUE, headers=headers, persist=True)
        letter = await dead_letter(stack, body, deaths=1)
        assert letter["reason"] == "its worker was too old"
        assert await parley(stack, "dead", "replay", letter["id"]) == "replayed\n"
        assert (await visitor.ended(job))["status"] == "completed"
