"""Whatever is sent over HTTP, the answer is a 4xx problem that says why, and the process lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from support.clients import PATIENCE
from support.visitor import Visitor, assert_problem

JSON = {"Content-Type": "application/json"}
SOME = UUID("0190f3c2-7b6a-7c11-9d5e-3f2b8a64c0de")
ANSWER = f"/v1/jobs/{SOME}/questions/{SOME}/answer"
ENHANCE = "/api/enhance"

MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t",
    "cut off": b'{"lazy_prompt": "a", "value": "',
    "prose": b"please make it better",
    "invalid utf-8": b'{"lazy_prompt": "\xff\xfe", "value": "\xff"}',
    "raw control character": b'{"lazy_prompt": "a\x01b", "value": "a\x01b"}',
    "raw NUL": b'{"lazy_prompt": "a\x00b", "value": "a\x00b"}',
    "escaped NUL": b'{"lazy_prompt": "a\\u0000b", "value": "a\\u0000b"}',
    "lone surrogate": b'{"lazy_prompt": "a\\ud800b", "value": "a\\ud800b"}',
    "NUL in an unknown name": b'{"lazy_prompt": "a", "value": "a", "\\u0000": 1}',
    "deep nesting": b'{"lazy_prompt": "a", "value": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "number of 5000 digits": b'{"lazy_prompt": "a", "value": ' + b"9" * 5_000 + b"}",
    "list": b"[]",
    "null": b"null",
    "number": b"1",
    "text": b'"lazy_prompt"',
    "nothing in it": b"{}",
    "two documents": b'{"lazy_prompt": "a", "value": 1}{"lazy_prompt": "b", "value": 1}',
    "comment": b'{"lazy_prompt": "a", "value": 1 /* and so on */}',
    "a megabyte": b'{"lazy_prompt": "' + b"x" * 1_048_576 + b'"}',
    "five megabytes": b'{"value": "' + b"x" * 5_242_880 + b'"}',
}
WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "no prompt": {"task": "a"},
    "prompt of nothing": {"lazy_prompt": ""},
    "prompt of blanks": {"lazy_prompt": " \n\t "},
    "prompt of 20001 characters": {"lazy_prompt": "x" * 20_001},
    "prompt that is a number": {"lazy_prompt": 7},
    "prompt that is a list": {"lazy_prompt": ["a"]},
    "prompt that is null": {"lazy_prompt": None},
    "task of 2001 characters": {"task": "x" * 2_001},
    "search that is a word": {"use_web_search": "perhaps"},
    "priority nobody knows": {"priority": "urgent"},
    "webhook that is no address": {"webhook_url": "not a url"},
    "webhook of another scheme": {"webhook_url": "file:///etc/passwd"},
    "webhook to this machine": {"webhook_url": "http://127.0.0.1:1/"},
    "e-mail that is none": {"notify_email": "nobody"},
    "e-mail with a header in it": {"notify_email": "a@example.org\nBcc: b@example.org"},
    "time without a zone": {"run_at": "2030-01-01T00:00:00"},
    "time that is a word": {"run_at": "tomorrow"},
    "time at the end of time": {"run_at": "9999-12-31T23:59:59Z"},
    "time after the end of time": {"run_at": 10**30},
    "budget of nothing": {"budget": {"tokens": 0}},
    "budget below nothing": {"budget": {"seconds": -1}},
    "budget that is a number": {"budget": 5},
    "budget that is text": {"budget": {"calls": "many"}},
}


@pytest.mark.parametrize("path", [ENHANCE, ANSWER])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_body_is_refused(visitor: Visitor, path: str, body: bytes) -> None:
    for slash in ("", "/"):
        answer = await visitor.http.post(path + slash, content=body, headers=JSON)
        assert_problem(answer, *((413,) if len(body) > 1_000_000 else (400, 422)))


@pytest.mark.parametrize("fields", WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
async def test_wrong_field_is_refused_by_name(visitor: Visitor, fields: dict[str, Any]) -> None:
    body = {"lazy_prompt": "a", **fields} if "task" not in fields or len(fields["task"]) > 1 else fields
    problem = assert_problem(await visitor.http.post(ENHANCE, json=body), 422)
    assert (problem["code"] == "invalid") == bool(problem.get("errors"))


@pytest.mark.parametrize("literal", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1e-999"])
async def test_number_that_is_none_is_refused(visitor: Visitor, literal: bytes) -> None:
    body = b'{"lazy_prompt": "a", "budget": {"seconds": ' + literal + b"}}"
    assert_problem(await visitor.http.post(ENHANCE, content=body, headers=JSON), 400, 422)


async def test_unknown_fields_are_ignored_and_of_two_equal_names_the_last_counts(visitor: Visitor) -> None:
    body = b'{"lazy_prompt": "first", "lazy_prompt": "thanks", "unknown": {"deep": [1, null]}}'
    answer = await visitor.http.post(ENHANCE, content=body, headers=JSON)
    assert answer.status_code == 202
    assert (await visitor.job(answer.json()["task_id"]))["input"]["lazy_prompt"] == "thanks"


@pytest.mark.parametrize(
    "text", ["\x01\x02\x1b[31mred", "\u202e\u2066 turned", "\uffff\ufffe", "e\u0301" * 3_000, "👩‍👩‍👧" * 999]
)
async def test_odd_characters_come_through_unchanged(visitor: Visitor, text: str) -> None:
    job = await visitor.submit(text)
    assert (await visitor.job(job))["input"]["lazy_prompt"] == text
    await visitor.until(job, "waiting", "completed")


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "text/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "nonsense",
        "a/b; c=" + "d" * 500,
    ],
)
@pytest.mark.parametrize("path", [ENHANCE, ANSWER])
async def test_body_of_another_kind_is_refused(visitor: Visitor, path: str, media: str) -> None:
    answer = await visitor.http.post(path, content=b'{"lazy_prompt": "a"}', headers={"Content-Type": media})
    assert_problem(answer, 415)


async def test_compressed_body_is_refused(visitor: Visitor) -> None:
    compressed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    headers = {**JSON, "Content-Encoding": "gzip"}
    assert_problem(await visitor.http.post(ENHANCE, content=compressed, headers=headers), 400, 415, 422)


async def test_endless_body_without_a_length_is_refused(visitor: Visitor) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"lazy_prompt": "'
        for _ in range(64):
            yield b"x" * 16_384

    assert_problem(await visitor.http.post(ENHANCE, content=chunks(), headers=JSON), 413)


@pytest.mark.parametrize("path", ["/v1/ws-ticket", f"/v1/jobs/{SOME}/cancel", "/v1/dead/nothing/replay"])
@pytest.mark.parametrize("body", [b"{", b"\xff\x00", b"[]", b"x" * 100_000])
async def test_body_where_none_belongs_does_no_harm(visitor: Visitor, path: str, body: bytes) -> None:
    answer = await visitor.http.post(path, content=body, headers=JSON)
    if answer.status_code != 200:
        assert_problem(answer)


IDENTITIES = (
    "x", "1", "%00", "%ff", "%0a", "..%2f..", "a" * 5_000, "0" * 35, f"{SOME}x", "%F0%9F%92%A9",
    "'; DROP TABLE job; --",
)  # fmt: skip
WITH_IDENTITY = (
    ("GET", "/v1/jobs/{}"),
    ("DELETE", "/v1/jobs/{}"),
    ("POST", "/v1/jobs/{}/cancel"),
    ("GET", "/v1/jobs/{}/events"),
    ("POST", f"/v1/jobs/{SOME}/questions/{{}}/answer"),
    ("POST", f"/v1/jobs/{{}}/questions/{SOME}/answer"),
)
WRONG_QUERIES = {
    "/v1/jobs": (
        "limit=0", "limit=201", "limit=-1", "limit=many", "limit=1.5", "limit=", "limit=%00", "limit=" + "9" * 5_000,
        "cursor=x", "cursor=%00", "cursor=1:2", "status=done", "status=", "kind=Enhance", "kind=%0a",
        "kind=" + "a" * 65,
    ),
    "/v1/dead": ("limit=0", "limit=201", "limit=many", "limit=%00", "queue=nowhere", "queue=amq.direct", "queue=%00"),
    f"/v1/jobs/{SOME}/events": ("after=x", "after=1:2:3", "after=-1", "after=%00", "after=1:", "after=" + "9" * 21),
}  # fmt: skip


@pytest.mark.parametrize(("method", "template"), WITH_IDENTITY)
async def test_malformed_identity_is_refused(visitor: Visitor, method: str, template: str) -> None:
    body: dict[str, Any] = {"json": {"value": "a"}} if template.endswith("/answer") else {}
    for identity in IDENTITIES:
        assert_problem(await visitor.http.request(method, template.format(identity), **body), 404, 422)


@pytest.mark.parametrize("path", WRONG_QUERIES)
async def test_malformed_query_is_refused(visitor: Visitor, path: str) -> None:
    for query in WRONG_QUERIES[path]:
        assert_problem(await visitor.http.get(f"{path}?{query}"), 404, 422)


async def test_last_event_id_that_is_no_cursor_is_refused(visitor: Visitor) -> None:
    job = await visitor.submit("thanks")
    for cursor in ("x", "1:2:3", "-1", "9" * 21, "1:" + "9" * 12, "٣"):
        answer = await visitor.http.get(f"/v1/jobs/{job}/events", headers={b"Last-Event-ID": cursor.encode()})
        assert_problem(answer, 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v1/jobs/{SOME}"),
        ("DELETE", f"/v1/jobs/{SOME}"),
        ("POST", f"/v1/jobs/{SOME}/cancel"),
        ("GET", f"/v1/jobs/{SOME}/events"),
        ("POST", ANSWER),
        ("GET", "/v1/dead/0123456789abcdef"),
        ("POST", "/v1/dead/0123456789abcdef/replay"),
        ("GET", "/nowhere"),
        ("POST", "/api"),
        ("GET", "/v1//jobs"),
        ("GET", "/.env"),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd"),
    ],
)
async def test_unknown_thing_is_404_with_and_without_slash(visitor: Visitor, method: str, path: str) -> None:
    for slash in ("", "/"):
        body: dict[str, Any] = {"json": {"value": "a"}} if path == ANSWER else {}
        assert assert_problem(await visitor.http.request(method, path + slash, **body), 404)["code"] == "not_found"


async def test_question_of_another_job_is_unknown(visitor: Visitor) -> None:
    first, second = await visitor.submit(), await visitor.submit()
    question = await visitor.question(first)
    answer = await visitor.http.post(f"/v1/jobs/{second}/questions/{question}/answer", json={"value": "a"})
    assert_problem(answer, 404)
    assert (await visitor.job(first))["status"] == "waiting"


WRONG_ANSWERS: dict[str, bytes] = {
    "nothing": b"{}",
    "not declined either": b'{"declined": false}',
    "declined perhaps": b'{"value": "a", "declined": "perhaps"}',
    "empty id": b'{"value": "a", "answer_id": ""}',
    "long id": b'{"value": "a", "answer_id": "' + b"x" * 65 + b'"}',
    "id with a blank": b'{"value": "a", "answer_id": "a b"}',
    "id that is a number": b'{"declined": true, "answer_id": 7}',
    "NaN": b'{"value": NaN}',
    "infinite": b'{"value": 1e999}',
    "deep": b'{"value": ' + b"[" * 500 + b"]" * 500 + b"}",
    "another type": b'{"value": {"a": [1, null]}}',
    "NUL": b'{"value": "a\\u0000"}',
}


@pytest.mark.parametrize("body", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
async def test_answer_of_a_wrong_shape_leaves_the_question_open(visitor: Visitor, body: bytes) -> None:
    job = await visitor.submit()
    question = await visitor.question(job)
    path = f"/v1/jobs/{job}/questions/{question}/answer"
    assert_problem(await visitor.http.post(path, content=body, headers=JSON), 400, 422)
    assert (await visitor.job(job))["status"] == "waiting"


@pytest.mark.parametrize(
    ("path", "right"),
    [
        (ENHANCE, {"POST"}),
        ("/v1/jobs", {"GET"}),
        (f"/v1/jobs/{SOME}", {"GET", "DELETE"}),
        (f"/v1/jobs/{SOME}/cancel", {"POST"}),
        (ANSWER, {"POST"}),
        ("/v1/ws-ticket", {"POST"}),
        ("/health/live", {"GET"}),
    ],
)
async def test_wrong_method_is_405_and_names_the_right_ones(visitor: Visitor, path: str, right: set[str]) -> None:
    for method in {"PUT", "PATCH", "TRACE", "OPTIONS", "DELETE", "GET", "POST"} - right:
        answer = await visitor.http.request(method, path)
        assert_problem(answer, 405)
        assert set(answer.headers["allow"].split(", ")) <= right


ODD_HEADERS = {
    "long accept": {"Accept": "x" * 3_000},
    "forwarded for SQL": {"X-Forwarded-For": "'; DROP TABLE job; --"},
    "forwarded by a script": {"X-Forwarded-Proto": "javascript"},
    "broken trace": {"traceparent": "00-" + "f" * 32 + "-zz-01"},
    "long trace": {"traceparent": "x" * 500, "tracestate": "a=b," * 500, "baggage": "=,;=" * 500},
    "long token": {"Authorization": "Bearer " + "x" * 8_000},
    "many cookies": {"Cookie": "a=b;" * 1_000},
    "many headers": {f"X-{number}": "a" for number in range(300)},
}


@pytest.mark.parametrize("headers", ODD_HEADERS.values(), ids=ODD_HEADERS.keys())
async def test_odd_headers_do_no_harm(visitor: Visitor, headers: dict[str, str]) -> None:
    answer = await visitor.http.post(ENHANCE, json={"lazy_prompt": "thanks"}, headers=headers)
    assert answer.status_code == 202


BROKEN_REQUESTS = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "negative length": b"POST /api/enhance HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /api/enhance HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nx",
    "broken chunk": b"POST /api/enhance HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "control character in a name": b"GET /v1/jobs HTTP/1.1\r\nHost: a\r\nX\x00Y: b\r\n\r\n",
    "a megabyte of headers": b"GET /v1/jobs HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 1_048_576 + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_", BROKEN_REQUESTS.values(), ids=BROKEN_REQUESTS.keys())
async def test_broken_request_is_refused_and_the_connection_closed(visitor: Visitor, request_: bytes) -> None:
    host, _, port = visitor.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request_)
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read(65_536)
    writer.close()
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")) or answer == b""
