"""Documents as their owner sees them: taken in once, watched, read, changed, tried again, and gone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from parley_common.contracts.documents import DOCUMENT, TEXT
from parley_common.contracts.events import Failed, JobFailed
from parley_common.contracts.jobs import Problem
from parley_common.storage.blobs import FolderBlobs, key_of, new_key
from parley_gateway.core import Core
from parley_gateway.domain.frames import Frame

TEXT_FILE = "Größe zählt. The lighthouse keeper counted ships.\n".encode()
PATH = "/api/upload"
LIMIT = 300_000
# What does not depend on which database and broker there are.
EMBEDDED = pytest.mark.parametrize("settings", ["embedded"], indirect=True)


def files(settings: Any) -> list[str]:
    """Everything in the blob folder, parts included."""
    folder = settings.blobs_folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


def form(filename: bytes, content: bytes) -> tuple[bytes, dict[str, str]]:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + filename + b'"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}


async def upload(gateway: Any, content: bytes = TEXT_FILE, name: str = "notes.txt", **options: Any) -> dict[str, Any]:
    answer = await gateway.http.post(f"{PATH}/", files={"file": (name, content)}, **options)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def ingested(gateway: Any, ingester: Any, settings: Any, document: dict[str, Any], text: str = "read") -> None:
    """Say what a worker says when the document has been ingested, and leave the text it leaves."""
    version, identity = document["version"], UUID(document["id"])
    key = key_of(TEXT, identity, version)
    await FolderBlobs(settings.blobs_folder).put(key, pieces(text.encode()), limit=10**6)
    await ingester.start_as("start", document["task_id"])
    result = {
        "document": document["id"],
        "version": version,
        "text": key,
        "chunks": 3,
        "embedded": 3,
        "characters": len(text),
        "notes": ["Page 2 has no text."],
        "embedder": "test",
        "dimensions": 8,
        "mode": "offline",
    }
    await ingester.emit(document["task_id"], "job.completed", 3, result=result)
    await recorded(gateway, document, "completed")


async def failed(gateway: Any, ingester: Any, document: dict[str, Any]) -> None:
    await ingester.start_as("start", document["task_id"])
    problem = {"code": "document_corrupt", "title": "Corrupt", "detail": "The document is damaged."}
    await ingester.emit(document["task_id"], "job.failed", 3, problem=problem)
    await recorded(gateway, document, "failed")


async def recorded(gateway: Any, document: dict[str, Any], status: str) -> None:
    """Return when the list says so too: it is read from what is stored, which comes a moment after what is live."""
    await state(gateway, document, status)
    async with asyncio.timeout(20):
        while (await listed(gateway)).get(document["id"]) != status:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)


async def listed(gateway: Any) -> dict[str, str]:
    documents = (await gateway.http.get(PATH)).json()["documents"]
    assert all(each["notes"] for each in documents if each["processing_status"] == "completed")
    return {each["id"]: each["processing_status"] for each in documents}


async def state(gateway: Any, document: dict[str, Any], status: str, **options: Any) -> dict[str, Any]:
    """What its status says, once it is this one."""
    path = f"{PATH}/{document['id']}/status"
    async with asyncio.timeout(20):
        while (seen := (await gateway.http.get(path, **options)).json())["status"] != status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return dict(seen)


@EMBEDDED
@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
async def test_an_upload_is_accepted_with_the_job_that_ingests_it(
    gateway: Any, ingester: Any, settings: Any, path: str
) -> None:
    answer = await gateway.http.post(path, files={"file": ("notes.txt", TEXT_FILE)}, data={"priority": "batch"})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert {"id", "filename", "processing_status", "task_id", "uploaded_at"} <= accepted.keys()
    assert (accepted["filename"], accepted["processing_status"], accepted["duplicate"]) == (
        "notes.txt",
        "pending",
        False,
    )
    assert answer.headers["location"] == f"/v1/jobs/{accepted['task_id']}"
    command = await ingester.command("start", accepted["task_id"])
    assert command["priority"] == "batch"
    assert command["input"] == {
        "document": accepted["id"],
        "version": 1,
        "upload": files(settings)[0],
        "filename": "notes.txt",
        "media_type": "text/plain",
    }
    assert (settings.blobs_folder / command["input"]["upload"]).read_bytes() == TEXT_FILE


@EMBEDDED
async def test_a_document_that_is_too_large_leaves_nothing_behind(start_gateway: Any, settings: Any) -> None:
    gateway = await start_gateway(document_bytes=LIMIT)
    head, headers = form(b"big.txt", b"x" * (LIMIT + 1))
    far, _ = form(b"big.txt", b"x" * (LIMIT + settings.max_body + 1))
    answers = [
        await gateway.http.post(PATH, content=head, headers=headers),
        await gateway.http.post(PATH, content=pieces(head[:LIMIT], head[LIMIT:]), headers=headers),
        await gateway.http.post(PATH, content=far, headers=headers),
        await gateway.http.put(f"{PATH}/{uuid4()}", content=pieces(far[:LIMIT], far[LIMIT:]), headers=headers),
    ]
    for answer in answers:
        assert answer.status_code == 413, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert all("too large: at most" in answer.json()["detail"] for answer in answers[2:])
    assert files(settings) == []
    exact = await upload(gateway, b"x" * LIMIT)
    assert (await gateway.http.get(f"{PATH}/{exact['id']}")).json()["size"] == LIMIT


@EMBEDDED
async def test_a_file_of_another_kind_is_refused_before_the_rest_of_it_is_read(gateway: Any, settings: Any) -> None:
    """The end of the body never comes: the answer does."""
    host, _, port = gateway.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body, headers = form(b"film.pdf", b"\x7fELF" + b"\0" * 20_000)
    writer.write(b"POST /api/upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n")
    writer.write(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body[:15_000])
    async with asyncio.timeout(20):
        assert b" 415 " in await reader.readline()
    writer.close()
    small = await gateway.http.post(PATH, files={"file": ("a.txt", b"\x7fELF\0")})
    assert (small.status_code, small.headers["content-type"]) == (415, "application/problem+json")
    assert files(settings) == []


BAD: list[tuple[dict[str, Any], int]] = [
    ({"data": {"file": "text, not a file"}}, 422),
    ({"files": {"other": ("a.txt", TEXT_FILE)}}, 422),
    ({"files": {"file": ("a.txt", b"")}}, 422),
    ({"files": {"file": ("a.txt", TEXT_FILE)}, "data": {"priority": "urgent"}}, 422),
    ({"files": {"file": ("a.txt", TEXT_FILE)}, "data": {"budget": "much"}}, 422),
    ({"files": {"file": ("a.txt", TEXT_FILE)}, "data": {"webhook_url": "ftp://x"}}, 422),
    ({"json": {"file": "a.txt"}}, 415),
    ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400),
    ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ({"content": b"nonsense", "headers": {"Content-Type": f"multipart/form-data; boundary={'b' * 3000}"}}, 400),
    ({"files": [("file", ("a.txt", TEXT_FILE)), ("file", ("b.txt", TEXT_FILE))]}, 400),
]


@EMBEDDED
async def test_what_is_not_one_document_is_refused(gateway: Any, settings: Any) -> None:
    for body, status in BAD:
        answer = await gateway.http.post(PATH, **body)
        assert (answer.status_code, answer.json()["status"]) == (status, status), (body, answer.text)
    assert files(settings) == []


async def test_the_same_content_again_is_the_same_document(gateway: Any, ingester: Any, settings: Any) -> None:
    names = ("a.txt", "b.txt", "a.txt", "c.txt")
    all_at_once = await asyncio.gather(*(upload(gateway, name=name) for name in names))
    assert len({each["id"] for each in all_at_once}) == 1
    assert sorted(each["duplicate"] for each in all_at_once) == [False, True, True, True]
    assert len(files(settings)) == 1
    assert [kind for kind, _ in ingester.commands] in ([], ["start"])
    await ingested(gateway, ingester, settings, all_at_once[0])
    again = await upload(gateway)
    assert (again["processing_status"], again["duplicate"]) == ("completed", True)
    assert (await upload(gateway, TEXT_FILE + b"!"))["duplicate"] is False


async def test_content_that_failed_before_is_tried_again(gateway: Any, ingester: Any, settings: Any) -> None:
    document = await upload(gateway)
    await failed(gateway, ingester, document)
    again = await upload(gateway)
    assert (again["id"], again["version"], again["processing_status"]) == (document["id"], 2, "pending")
    await ingested(gateway, ingester, settings, again)
    assert len([path for path in files(settings) if path.startswith(DOCUMENT)]) == 1


@EMBEDDED
async def test_what_clients_see_decides_what_becomes_of_content_sent_again(gateway: Any, settings: Any) -> None:
    """An end that is not stored yet, and here never is."""
    core: Core = gateway.server.config.app.state.core
    document = await upload(gateway)
    problem = Problem(code="document_corrupt", title="Damaged", detail="The document is damaged.")

    def fail(document: dict[str, Any]) -> None:
        job = UUID(document["task_id"])
        core.hub.receive(Frame.of(JobFailed(job=job, seq=2, time=datetime.now(UTC), data=Failed(problem=problem))))

    fail(document)
    assert (await listed(gateway))[document["id"]] == "pending"
    again = await upload(gateway)
    assert (again["version"], again["processing_status"], again["duplicate"]) == (2, "pending", True)
    fail(again)
    put = (await gateway.http.put(f"{PATH}/{document['id']}", files={"file": ("notes.txt", TEXT_FILE)})).json()
    assert (put["version"], put["processing_status"], put["duplicate"]) == (3, "pending", True)


@EMBEDDED
async def test_a_repeat_with_the_same_key_gets_the_first_answer(gateway: Any, settings: Any) -> None:
    key = {"Idempotency-Key": "mine"}
    answers = [await gateway.http.post(PATH, files={"file": ("a.txt", TEXT_FILE)}, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    other = await gateway.http.post(PATH, files={"file": ("a.txt", TEXT_FILE + b"!")}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(files(settings)) == 1


@EMBEDDED
async def test_a_client_that_polls_sees_it_through(gateway: Any, ingester: Any, settings: Any) -> None:
    document = await upload(gateway)
    pending = await state(gateway, document, "pending")
    assert pending.keys() >= {"document_id", "filename", "status", "error", "task"}
    assert pending["task"]["task_state"] == "PENDING"
    await ingester.start_as("start", document["task_id"])
    stage = "Generating embeddings for 150 chunks..."
    await ingester.emit(document["task_id"], "job.progress", 3, fraction=0.2, stage=stage)
    await gateway.job_when(document["task_id"], lambda job: job["stage"] == stage)
    processing = await state(gateway, document, "processing")
    assert processing["task"]["task_state"] == "PROCESSING"
    assert processing["task"]["task_info"] == {"status": stage, "progress": 0.2}
    assert processing["error"] is None
    problem = {"code": "document_encrypted", "title": "No", "detail": "It is protected."}
    await ingester.emit(document["task_id"], "job.failed", 4, problem=problem)
    over = await state(gateway, document, "failed")
    assert (over["error"], over["error_code"]) == ("It is protected.", "document_encrypted")
    assert over["task"]["task_state"] == "FAILURE"


@EMBEDDED
async def test_only_a_failed_document_is_tried_again(gateway: Any, ingester: Any, settings: Any) -> None:
    document = await upload(gateway)
    path = f"{PATH}/{document['id']}/retry"
    assert (await gateway.http.post(path)).json()["code"] == "document_not_failed"
    await failed(gateway, ingester, document)
    key = {"Idempotency-Key": "again"}
    first, second = [await gateway.http.post(path, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, second.json())
    again = first.json()
    command = await ingester.command("start", again["task_id"])
    assert command["input"]["version"] == 2
    assert (settings.blobs_folder / command["input"]["upload"]).read_bytes() == TEXT_FILE
    await ingested(gateway, ingester, settings, again)
    assert (await gateway.http.post(path)).status_code == 409
    reembedded = await gateway.http.post(f"{PATH}/{document['id']}/reembed", json={"priority": "batch"})
    assert (reembedded.status_code, reembedded.json()["version"]) == (202, 3)
    assert (await gateway.http.post(f"{PATH}/{document['id']}/reembed")).json()["code"] == "document_in_progress"


@EMBEDDED
async def test_its_text_can_be_opened_where_a_citation_points(gateway: Any, ingester: Any, settings: Any) -> None:
    document, text = await upload(gateway), "Größe zählt.\nZweite Zeile 🚢."
    path = f"{PATH}/{document['id']}/text"
    assert (await gateway.http.get(path)).json()["code"] == "document_not_ready"
    await ingested(gateway, ingester, settings, document, text)
    whole = (await gateway.http.get(path)).json()
    assert (whole["text"], whole["characters"], whole["version"]) == (text, len(text), 1)
    part = (await gateway.http.get(path, params={"start": 6, "end": 12})).json()
    assert (part["text"], part["start"], part["end"]) == (text[6:12], 6, 12)
    beyond = (await gateway.http.get(path, params={"start": 20, "end": 10_000})).json()
    assert (beyond["text"], beyond["end"]) == (text[20:], len(text))
    assert (await gateway.http.get(path, params={"start": -1})).status_code == 422
    assert (await gateway.http.get(path, params={"version": 9})).status_code == 404


@EMBEDDED
async def test_the_file_can_be_had_as_it_was_and_is_never_shown_as_a_page(gateway: Any, settings: Any) -> None:
    page = b"<html><script>alert(1)</script><p>Hello</p></html>"
    document = await upload(gateway, page, "Seite ü.html")
    got = await gateway.http.get(f"{PATH}/{document['id']}/file")
    assert (got.status_code, got.content) == (200, page)
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-length"] == str(len(page))


async def test_a_changed_file_takes_the_place_of_the_old_one_when_it_is_ready(
    gateway: Any, ingester: Any, settings: Any
) -> None:
    document = await upload(gateway)
    await ingested(gateway, ingester, settings, document, "first")
    path = f"{PATH}/{document['id']}"
    same = (await gateway.http.put(path, files={"file": ("x.txt", TEXT_FILE)})).json()
    assert (same["duplicate"], same["version"], same["filename"]) == (True, 1, "notes.txt")
    changed = await gateway.http.put(path, files={"file": ("newer.md", b"# New\n\nwords")})
    assert changed.status_code == 202, changed.text
    newer = changed.json()
    assert (newer["id"], newer["version"], newer["filename"]) == (document["id"], 2, "newer.md")
    assert (await gateway.http.get(f"{path}/text")).json()["text"] == "first"
    assert (await gateway.http.get(path)).json()["active_version"] == 1
    command = await ingester.command("start", newer["task_id"])
    assert command["input"]["media_type"] == "text/markdown"
    await ingested(gateway, ingester, settings, newer, "second")
    assert (await gateway.http.get(f"{path}/text")).json()["text"] == "second"
    assert (await gateway.http.get(path)).json()["active_version"] == 2
    assert len([name for name in files(settings) if name.startswith(DOCUMENT)]) == 1
    other = await upload(gateway, b"other words")
    twin = await gateway.http.put(f"{PATH}/{other['id']}", files={"file": ("x.md", b"# New\n\nwords")})
    assert (twin.status_code, twin.json()["code"]) == (409, "document_exists")


async def test_a_change_cancels_what_works_on_the_old_file(gateway: Any, ingester: Any, settings: Any) -> None:
    document = await upload(gateway)
    await ingester.start_as("start", document["task_id"])
    await gateway.http.put(f"{PATH}/{document['id']}", files={"file": ("x.txt", b"other")})
    await ingester.command("cancel", document["task_id"])


async def test_a_deleted_document_is_gone_at_once_and_a_job_removes_the_rest(
    start_gateway: Any, ingester: Any, settings: Any
) -> None:
    sweeping = await start_gateway(upload_sweep=0.05)
    document = await upload(sweeping)
    path = f"{PATH}/{document['id']}"
    await ingester.start_as("start", document["task_id"])
    assert (await sweeping.http.delete(f"{path}/")).status_code == 204
    for gone in (path, f"{path}/status", f"{path}/text", f"{path}/file"):
        assert (await sweeping.http.get(gone)).status_code == 404
    assert (await sweeping.http.delete(path)).status_code == 404
    assert (await sweeping.http.get(PATH)).json()["documents"] == []
    await ingester.command("cancel", document["task_id"])
    (removal,) = [command for kind, command in ingester.commands if kind == "forget"]
    assert removal["input"] == {"document": document["id"], "upload": files(settings)[0]}
    # A removal that fails is begun again; once it is done, the same content is a new document.
    await ingester.emit(removal["job"], "job.started", 2, attempt=1)
    problem = {"code": "vectors_unavailable", "title": "Away", "detail": "Away."}
    await ingester.emit(removal["job"], "job.failed", 3, problem=problem)
    async with asyncio.timeout(20):
        while len(again := [c for kind, c in ingester.commands if kind == "forget"]) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert again[1]["input"] == removal["input"]
    await ingester.emit(again[1]["job"], "job.started", 2, attempt=1)
    done = {"document": document["id"], "points": 0}
    await ingester.emit(again[1]["job"], "job.completed", 3, result=done)
    async with asyncio.timeout(20):
        while (await sweeping.http.get(f"/v1/jobs/{document['task_id']}")).status_code != 404:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    new = await upload(sweeping)
    assert (new["duplicate"], new["id"] == document["id"]) == (False, False)


@EMBEDDED
async def test_documents_are_listed_page_by_page_the_newest_first(gateway: Any) -> None:
    made = [(await upload(gateway, f"text {n}".encode()))["id"] for n in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await gateway.http.get(f"{PATH}/", params={"limit": 2, **cursor})).json()
        seen += [each["id"] for each in page["documents"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]
    assert (await gateway.http.get(PATH, params={"limit": 201})).status_code == 422


@EMBEDDED
async def test_another_users_document_does_not_exist(start_gateway: Any, settings: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    document = await upload(gateway, headers=ada)
    path = f"{PATH}/{document['id']}"
    for end in ("", "/status", "/text", "/file"):
        assert (await gateway.http.get(path + end, headers=bob)).status_code == 404
    for end in ("/retry", "/reembed"):
        assert (await gateway.http.post(path + end, headers=bob)).status_code == 404
    file = {"file": ("a.txt", b"bob's own words")}
    assert (await gateway.http.put(path, files=file, headers=bob)).status_code == 404
    assert (await gateway.http.delete(path, headers=bob)).status_code == 404
    assert (await gateway.http.get(PATH, headers=bob)).json()["documents"] == []
    assert (await upload(gateway, headers=bob))["duplicate"] is False
    for headers in ({}, {"Authorization": "Bearer forged"}):
        assert (await gateway.http.post(PATH, files=file, headers=headers)).status_code == 401
        assert (await gateway.http.put(path, files=file, headers=headers)).status_code == 401
    assert len(files(settings)) == 2


@EMBEDDED
async def test_a_file_that_became_no_document_is_removed_after_a_day(gateway: Any, settings: Any) -> None:
    await upload(gateway)
    (kept,) = files(settings)
    orphan, young = new_key(DOCUMENT), new_key(DOCUMENT)
    for key in (orphan, young):
        await FolderBlobs(settings.blobs_folder).put(key, pieces(TEXT_FILE), limit=100)
    long_ago = datetime.now().timestamp() - settings.orphan_after - 1  # noqa: DTZ005 - seconds since the epoch
    for name in (kept, orphan):
        os.utime(settings.blobs_folder / name, (long_ago, long_ago))
    core: Core = gateway.server.config.app.state.core
    await core.orphans.remove()
    assert files(settings) == sorted([kept, young])
