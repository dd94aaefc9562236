"""Every error is a problem, and bad input is never a 5xx."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code", "trace_id"} <= problem.keys()
    assert (problem["status"], problem["code"]) == (status, code)
    assert "Traceback" not in answer.text
    return problem


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid"),
        (b"{", "invalid"),
        (b"\xff\xfe", "invalid"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b'{"text": 1}', "invalid"),
        (b'{"text": "a\x00b"}', "invalid"),
        (b'{"text": "a\\u0000b"}', "invalid_text"),
        (b'{"text": "a\\ud800b"}', "invalid_text"),
        (b'{"text": "\\uD83D"}', "invalid_text"),
        (b'{"text": "a", "more": {"\\u0000": 1}}', "invalid_text"),
        (b'{"text": "a", "number": 1e999}', "invalid"),
        (b'{"text": "a", "number": NaN}', "invalid"),
        (b"[" * 9_000 + b"]" * 9_000, "bad_request"),
        (b'{"text": "a", "number": ' + b"9" * 5_000 + b"}", "bad_request"),
    ],
)
async def test_unusable_body_is_a_4xx_problem(open_gateway: Any, body: bytes, code: str) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", content=body, headers=JSON)
    assert_problem(answer, 400 if code == "bad_request" else 422, code)
    assert gateway.made == []


async def test_text_with_every_storable_character_is_accepted(open_gateway: Any) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", content=b'{"text": "\\ud83d\\ude00 \\\\u0000 \\t"}', headers=JSON)
    assert answer.status_code == 202
    assert gateway.made == ["\U0001f600 \\u0000 \t"]


async def test_validation_problem_names_each_field(open_gateway: Any) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", json={"number": "many"})
    problem = assert_problem(answer, 422, "invalid")
    assert {error["field"] for error in problem["errors"]} == {"body.text", "body.number"}


@pytest.mark.parametrize("path", ["/notes/x", "/notes/%00", "/notes/1?q=%00", "/notes/1?q=a%00b"])
async def test_unusable_path_or_query_is_422(open_gateway: Any, path: str) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_expected_error_keeps_its_status_and_code(open_gateway: Any) -> None:
    gateway = await open_gateway()
    assert_problem(await gateway.client.get("/notes/7"), 404, "not_found")


async def test_unknown_path_and_method_are_problems(open_gateway: Any) -> None:
    gateway = await open_gateway()
    assert_problem(await gateway.client.get("/nowhere"), 404, "not_found")
    answer = await gateway.client.put("/notes")
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_bug_shows_nothing_of_the_inside(open_gateway: Any) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.get("/bug")
    assert_problem(answer, 500, "internal")
    assert "inside" not in answer.text


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_body_of_another_kind_is_415(open_gateway: Any, media: str) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", content=b'{"text": "a"}', headers={"Content-Type": media})
    assert_problem(answer, 415, "unsupported_media_type")


async def test_json_with_a_charset_or_a_suffix_is_json(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for media in ("application/json; charset=utf-8", "application/merge-patch+json"):
        answer = await gateway.client.post("/notes", content=b'{"text": "a"}', headers={"Content-Type": media})
        assert answer.status_code == 202


async def test_json_for_a_form_is_415(open_gateway: Any) -> None:
    gateway = await open_gateway()
    assert_problem(await gateway.client.post("/forms", json={"name": "a"}), 415, "unsupported_media_type")


@pytest.mark.parametrize("data", [b"name=a%00b", b"name=%ff%fe", b"name=" + b"a" * 10, b"", b"&&&=&"])
async def test_no_form_makes_a_5xx(open_gateway: Any, data: bytes) -> None:
    gateway = await open_gateway()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await gateway.client.post("/forms", content=data, headers=headers)
    assert answer.status_code in {200, 422}
    assert "\\u0000" not in answer.text


async def test_broken_multipart_is_400(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for media in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = await gateway.client.post("/files", content=b"--x\r\nnonsense", headers={"Content-Type": media})
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


async def test_announced_body_over_the_limit_is_413(open_gateway: Any) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.post("/notes", json={"text": "a" * 30_000})
    assert_problem(answer, 413, "body_too_large")


async def test_chunked_body_over_the_limit_is_413(open_gateway: Any) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b"a" * 1_000

    gateway = await open_gateway()
    for path, headers in (("/notes", JSON), ("/forms", {"Content-Type": "application/x-www-form-urlencoded"})):
        answer = await gateway.client.post(path, content=chunks(), headers=headers)
        assert_problem(answer, 413, "body_too_large")


async def test_path_works_with_and_without_its_trailing_slash(open_gateway: Any) -> None:
    gateway = await open_gateway()
    for path in ("/notes", "/notes/"):
        answer = await gateway.client.post(path, json={"text": "a"})
        assert answer.status_code == 202
