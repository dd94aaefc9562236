"""The test model itself: what tests of other parts rely on."""

from __future__ import annotations

import asyncio
import base64
import struct
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from parley_common.testing.model_server.scripted import ScriptedModel

ASK = {"model": "m", "messages": [{"role": "user", "content": '{"task": "a song", "tone": "dry"}'}]}
CHAT = "/v1/chat/completions"


@pytest.fixture
async def http(scripted: ScriptedModel, model_address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=model_address) as http:
        yield http


async def text(http: httpx.AsyncClient, body: dict[str, object] | None = None) -> str:
    response = (await http.post(CHAT, json=body or ASK)).raise_for_status()
    answer: str = response.json()["choices"][0]["message"]["content"]
    return answer


async def test_without_a_script_the_answer_holds_what_was_asked(http: httpx.AsyncClient) -> None:
    assert await text(http) == "The test model read\ntask: a song\ntone: dry"


async def test_rules_are_used_in_order_and_used_up(http: httpx.AsyncClient, scripted: ScriptedModel) -> None:
    await scripted.script(
        {"text": "one"},
        {"text": "never", "contains": "no such words"},
        {"text": "two", "contains": "a song", "times": 2, "name": "songs"},
        {"text": "else", "times": None},
    )
    assert [await text(http) for _ in range(5)] == ["one", "two", "two", "else", "else"]
    assert (await scripted.meter()).rules["songs"] == {"started": 2, "finished": 2}


async def test_a_gate_holds_calls_until_it_is_opened(http: httpx.AsyncClient, scripted: ScriptedModel) -> None:
    await scripted.script({"gate": "held", "times": None})
    calls = [asyncio.create_task(text(http)) for _ in range(3)]
    assert (await scripted.gate("held", waiting=3)).waiting == 3
    reading = await scripted.meter()
    assert (reading.open, reading.finished) == (3, 0)
    await scripted.open("held")
    await asyncio.gather(*calls)
    reading = await scripted.meter()
    assert (reading.open, reading.finished, reading.peak) == (0, 3, 3)
    await text(http)
    assert (await scripted.gate("held")).waiting == 0


async def test_a_reset_forgets_everything_and_lets_waiting_calls_go(
    http: httpx.AsyncClient, scripted: ScriptedModel
) -> None:
    await scripted.script({"gate": "held"}, {"text": "left over"})
    call = asyncio.create_task(text(http))
    await scripted.gate("held", waiting=1)
    await scripted.reset()
    await call
    assert (await scripted.meter()).started == 0
    assert await text(http) != "left over"


async def test_each_end_of_a_call_has_its_own_count(http: httpx.AsyncClient, scripted: ScriptedModel) -> None:
    await scripted.script({"status": 500}, {"break_after": 1}, {"stall": True})
    await http.post(CHAT, json=ASK)
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post(CHAT, json={**ASK, "stream": True})
    with pytest.raises(httpx.ReadTimeout):
        await http.post(CHAT, json=ASK, timeout=0.2)
    await text(http)
    reading = await scripted.meter(aborted=1)
    assert (reading.started, reading.refused, reading.broken, reading.aborted, reading.finished) == (4, 1, 1, 1, 1)


async def test_waiting_for_what_does_not_happen_ends(http: httpx.AsyncClient) -> None:
    response = await http.get("/meter", params={"started": 1, "timeout": 0.05})
    assert (response.status_code, response.json()["started"]) == (408, 0)


async def test_a_rule_it_does_not_understand_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post("/script", json={"txt": "typo"})
    assert response.status_code == 422
    assert "txt" in response.text


async def test_embeddings_are_the_same_for_a_text_and_packed_if_that_is_asked_for(http: httpx.AsyncClient) -> None:
    ask = {"model": "m", "input": ["a song", "another song"], "dimensions": 8}
    plain, again, packed = [
        (await http.post("/v1/embeddings", json=each)).json()["data"]
        for each in (ask, ask, {**ask, "encoding_format": "base64"})
    ]
    assert plain == again
    assert [each["embedding"] for each in plain] == [
        list(struct.unpack("<8f", base64.b64decode(each["embedding"]))) for each in packed
    ]


async def test_it_runs_as_a_process_that_prints_its_address() -> None:
    command = (sys.executable, "-m", "parley_common.testing.model_server", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        async with httpx.AsyncClient(base_url=address, timeout=30) as http:
            assert (await http.get("/v1/models")).json()["data"][0]["id"] == "test-model"
            assert "a song" in await text(http)
    finally:
        process.kill()
        await process.wait()
