"""Datasets as their owner sees them: taken in whole or not at all, loaded, listed, and gone with all their files."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from parley_common.contracts.datasets import ANSWER, PROFILE, TABLE, UPLOAD
from parley_common.storage.blobs import FolderBlobs, key_of, new_key, prefix_of
from parley_common.storage.database import Database
from parley_gateway.app import MIGRATIONS
from parley_gateway.core import Core
from parley_gateway.store import jobs
from parley_gateway.work.datasets import AT_ONCE
from parley_gateway.work.orphans import KEPT

HASH = "c" * 64
CSV = b"city,sales\nA,1\nB,2\nC,3\n"
LIMIT = 3_000_000


def files(settings: Any) -> list[str]:
    """Everything in the blob folder, parts included."""
    folder = settings.blobs_folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


def form(filename: bytes, content: bytes = CSV) -> tuple[bytes, dict[str, str]]:
    """A form as bytes, for names that a client library would clean."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + filename + b'"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("path", ["/datasets", "/datasets/"])
async def test_an_upload_is_accepted_with_the_job_that_loads_it(
    gateway: Any, researcher: Any, settings: Any, path: str
) -> None:
    answer = await gateway.http.post(path, files={"file": ("sales.csv", CSV)})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert set(accepted) == {"dataset_id", "name", "status", "job_id"}
    assert (accepted["name"], accepted["status"]) == ("sales.csv", "pending")
    assert answer.headers["location"] == f"/v1/jobs/{accepted['job_id']}"
    assert "retry-after" in answer.headers
    command = await researcher.command("load", accepted["job_id"])
    assert command["input"]["dataset"] == accepted["dataset_id"]
    assert command["input"]["filename"] == "sales.csv"
    assert (settings.blobs_folder / command["input"]["upload"]).read_bytes() == CSV


async def test_a_file_that_is_too_large_leaves_nothing_behind(start_gateway: Any, settings: Any) -> None:
    gateway = await start_gateway(dataset_bytes=LIMIT)
    head, headers = form(b"big.csv", b"x" * (LIMIT + 1))
    announced = await gateway.http.post("/datasets", content=head, headers=headers)
    chunked = await gateway.http.post("/datasets", content=pieces(head[:LIMIT], head[LIMIT:]), headers=headers)
    far_too_large = [head, *[b"x" * 100_000] * 4]
    sizes = len(b"".join(far_too_large))
    refused = await gateway.http.post("/datasets", content=pieces(*far_too_large), headers=headers)
    also = await gateway.http.post("/datasets", content=b"".join(far_too_large), headers=headers)
    assert sizes > LIMIT + settings.max_body
    for answer in (announced, chunked, refused, also):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert files(settings) == []
    assert (await gateway.http.get("/datasets")).json()["datasets"] == []


async def test_a_file_of_exactly_the_limit_is_taken_in(start_gateway: Any, settings: Any) -> None:
    gateway = await start_gateway(dataset_bytes=LIMIT)
    await gateway.upload(b"x" * LIMIT)
    (upload,) = files(settings)
    assert (settings.blobs_folder / upload).stat().st_size == LIMIT


async def test_a_file_goes_to_the_disk_as_it_comes(gateway: Any, settings: Any) -> None:
    """Client and server share this process, and neither ever has much of the file."""
    content, headers = form(b"big.csv", b"x" * 2**20)
    begin, end = content[:-100], content[-100:]
    tracemalloc.start()
    answer = await gateway.http.post("/datasets", content=pieces(begin, *[b"x" * 65_536] * 640, end), headers=headers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 202, answer.text
    (upload,) = files(settings)
    assert (settings.blobs_folder / upload).stat().st_size == 41 * 2**20
    assert peak < 12 * 2**20


async def test_routes_that_take_no_file_keep_their_limit(gateway: Any, settings: Any) -> None:
    text = "x" * (settings.max_body + 1)
    for path in ("/api/enhance", "/deep-research/jobs/submit", "/deep-research/schedules", "/datasets/x"):
        answer = await gateway.http.post(path, json={"question": text})
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), path


NOT_ONE_FILE: list[tuple[dict[str, Any], int]] = [
    ({"data": {"file": "text, not a file"}}, 422),
    ({"files": {"other": ("a.csv", CSV)}}, 422),
    ({"data": {"priority": "batch"}, "files": {"x": ("", b"")}}, 422),
    ({"files": {"file": ("a.csv", CSV)}, "data": {"priority": "urgent"}}, 422),
    ({"json": {"file": "a.csv"}}, 415),
    ({"content": CSV, "headers": {"Content-Type": "text/csv"}}, 415),
    ({"content": CSV}, 415),
    ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400),
    ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ({"files": [("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))]}, 400),
    ({"files": {"file": ("a.csv", CSV)}, "data": {f"f{n}": "x" for n in range(9)}}, 400),
    ({"files": {"file": ("a.csv", CSV)}, "data": {"priority": "x" * 2000}}, 400),
]


async def test_what_is_not_one_file_is_refused(gateway: Any, settings: Any, subtests: pytest.Subtests) -> None:
    for body, status in NOT_ONE_FILE:
        with subtests.test(body=str(body)[:80]):
            answer = await gateway.http.post("/datasets", **body)
            assert (answer.status_code, answer.json()["status"]) == (status, status), answer.text
            assert files(settings) == []


NAMES = [
    (b"../../x", "x"),
    (b"..", "dataset"),
    (b"", "dataset"),
    (b"/etc/passwd", "passwd"),
    ("Zürich.csv".encode(), "Zürich.csv"),
    (b"x" * 10_000 + b".csv", "x" * 251 + ".csv"),
    (b"%0d%0aSet-Cookie: a=b", "%0d%0aSet-Cookie: a=b"),
]


async def test_a_file_name_is_only_ever_a_name(gateway: Any, settings: Any, subtests: pytest.Subtests) -> None:
    for filename, name in NAMES:
        with subtests.test(name=name[:80]):
            before = set(files(settings))
            content, headers = form(filename)
            answer = await gateway.http.post("/datasets", content=content, headers=headers)
            added = set(files(settings)) - before
            if answer.status_code == 400:  # the parser refuses headers that long
                assert len(filename) > 4_000
                assert added == set()
                continue
            assert (answer.status_code, answer.json()["name"]) == (202, name)
            assert [path.partition("/")[0] for path in added] == [UPLOAD]


@pytest.mark.parametrize(("filename", "content"), [(b"", b""), (b"a\0b.csv", CSV)])
async def test_no_file_chosen_and_a_name_with_nul_are_refused(
    gateway: Any, settings: Any, filename: bytes, content: bytes
) -> None:
    content, headers = form(filename, content)
    answer = await gateway.http.post("/datasets", content=content, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert files(settings) == []


async def test_a_repeat_gets_the_first_answer_and_keeps_no_second_file(gateway: Any, settings: Any) -> None:
    key = {"Idempotency-Key": "mine"}
    send = [gateway.http.post("/datasets", files={"file": ("a.csv", CSV)}, headers=key) for _ in range(4)]
    answers = await asyncio.gather(*send)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert len(files(settings)) == 1
    for other in (("a.csv", CSV + b"D,4\n"), ("b.csv", CSV)):
        answer = await gateway.http.post("/datasets", files={"file": other}, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(files(settings)) == 1
    assert len((await gateway.http.get("/datasets")).json()["datasets"]) == 1


async def test_loading_is_seen_from_pending_to_completed(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.upload()
    pending = await gateway.dataset(dataset, "pending")
    assert (pending["rows"], pending["profile"], pending["error"]) == (None, None, None)
    await researcher.start_as("load", dataset["job_id"])
    await gateway.dataset(dataset, "processing")
    await researcher.load(dataset)
    loaded = await gateway.dataset(dataset, "completed")
    assert (loaded["rows"], loaded["size"]) == (3, 24)
    assert [column["name"] for column in loaded["profile"]["columns"]] == ["city", "sales"]
    (listed,) = (await gateway.http.get("/datasets/")).json()["datasets"]
    assert listed["dataset_id"] == dataset["dataset_id"]
    assert "profile" not in listed


async def test_why_loading_failed_is_said_in_words(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.upload()
    await researcher.start_as("load", dataset["job_id"])
    problem = {"code": "empty_file", "title": "Empty", "detail": "The file has no rows."}
    await researcher.emit(dataset["job_id"], "job.failed", 3, problem=problem)
    assert (await gateway.dataset(dataset, "failed"))["error"] == problem
    cancelled = await gateway.upload()
    await researcher.start_as("load", cancelled["job_id"])
    await researcher.emit(cancelled["job_id"], "job.cancelled", 3)
    assert (await gateway.dataset(cancelled, "failed"))["error"]["code"] == "cancelled"


async def test_who_heard_that_loading_is_done_finds_it_done(gateway: Any, researcher: Any, settings: Any) -> None:
    """An event reaches clients before it is recorded: here, before it can be."""
    dataset = await gateway.upload()
    path = f"/v1/jobs/{dataset['job_id']}/events"
    recorder = Database.open(settings, "gateway", MIGRATIONS)
    async with gateway.http.stream("GET", path) as events, recorder.transaction() as transaction:
        await jobs.lock(transaction, [UUID(dataset["job_id"])])
        await researcher.load(dataset)
        async for line in events.aiter_lines():
            if "job.completed" in line:
                break
        seen = await gateway.http.get(f"/datasets/{dataset['dataset_id']}")
        assert seen.json()["status"] == "completed"
    await recorder.close()


async def test_datasets_are_listed_page_by_page_the_newest_first(gateway: Any) -> None:
    made = [(await gateway.upload(name=f"{n}.csv"))["dataset_id"] for n in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await gateway.http.get("/datasets", params={"limit": 2, **cursor})).json()
        seen += [each["dataset_id"] for each in page["datasets"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


async def test_a_page_that_cannot_be_is_refused(gateway: Any) -> None:
    for query in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}):
        assert (await gateway.http.get("/datasets", params=query)).status_code == 422, query


async def test_another_users_dataset_does_not_exist(start_gateway: Any, settings: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    dataset = await gateway.upload(headers=ada)
    path = f"/datasets/{dataset['dataset_id']}"
    assert (await gateway.http.get(path, headers=bob)).status_code == 404
    assert (await gateway.http.delete(path, headers=bob)).status_code == 404
    assert (await gateway.http.get("/datasets", headers=bob)).json()["datasets"] == []
    assert (await gateway.http.get(path, headers=ada)).status_code == 200
    for headers in ({}, {"Authorization": "Bearer forged"}):
        assert (await gateway.http.get("/datasets", headers=headers)).status_code == 401
        refused = await gateway.http.post("/datasets", files={"file": ("a.csv", CSV)}, headers=headers)
        assert refused.status_code == 401
    assert len(files(settings)) == 1


async def test_a_stranger_is_sent_away_before_the_file_is_read(start_gateway: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    host, _, port = gateway.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /datasets/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n")
    writer.write(b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n")
    async with asyncio.timeout(20):
        assert b" 401 " in await reader.readline()
    writer.close()


async def fill(settings: Any, dataset: dict[str, Any], *, also: str = "d" * 32) -> None:
    """The files a worker leaves of a dataset, and the answer about another one."""
    blobs, identity = FolderBlobs(settings.blobs_folder), dataset["dataset_id"].replace("-", "")
    answers = [prefix_of(ANSWER, HASH) + end * 16 for end in "01"]
    for key in (f"{TABLE}/{identity}", f"{PROFILE}/{identity}", *answers, f"{ANSWER}/{also}"):
        await blobs.put(key, pieces(b"content"), limit=100)


async def test_a_deleted_dataset_takes_all_its_files_along(gateway: Any, researcher: Any, settings: Any) -> None:
    dataset = await gateway.upload()
    await researcher.load(dataset)
    await gateway.dataset(dataset, "completed")
    await fill(settings, dataset)
    assert len(files(settings)) == 6
    path = f"/datasets/{dataset['dataset_id']}"
    assert (await gateway.http.delete(path)).status_code == 204
    assert (await gateway.http.get(path)).status_code == 404
    assert (await gateway.http.delete(path)).status_code == 404
    assert (await gateway.http.get("/datasets")).json()["datasets"] == []
    assert files(settings) == [f"{ANSWER}/{'d' * 32}"]
    assert (await gateway.job(dataset["job_id"]))["result"]["profile"]["rows"] == 3


async def test_no_value_of_a_deleted_dataset_can_be_read_anywhere(
    start_gateway: Any, gateway: Any, researcher: Any
) -> None:
    """Neither stored nor remembered, by the gateway that deletes it or by another one."""
    other = await start_gateway()
    dataset = await gateway.upload()
    await researcher.load(dataset)
    path, job = f"/datasets/{dataset['dataset_id']}", f"/v1/jobs/{dataset['job_id']}"
    loaded = await gateway.dataset(dataset, "completed")
    assert "Timbuktu" in str(loaded["profile"])
    assert (await gateway.http.delete(path)).status_code == 204
    for each in (gateway, other):
        seen = [await each.http.get(route) for route in (path, f"{path}/parquet", "/datasets", job, "/v1/jobs")]
        seen.append(await each.http.get(f"{job}/events"))
        assert "job.completed" in seen[-1].text
        async with each.socket("/v1/ws") as socket:
            await socket.until("hello")
            await socket.say({"type": "subscribe", "job": dataset["job_id"]})
            ended = await socket.until("job.completed")
        assert "Timbuktu" not in " ".join([str(ended), *(answer.text for answer in seen)])


async def test_the_table_of_a_loaded_dataset_can_be_had(gateway: Any, researcher: Any, settings: Any) -> None:
    dataset = await gateway.upload()
    path = f"/datasets/{dataset['dataset_id']}/parquet"
    assert (await gateway.http.get(path)).json()["code"] == "dataset_not_ready"
    await researcher.load(dataset)
    await gateway.dataset(dataset, "completed")
    assert (await gateway.http.get(path)).status_code == 404  # its file is not there, as after a deletion
    await fill(settings, dataset)
    got = await gateway.http.get(path)
    assert (got.status_code, got.content) == (200, b"content")
    assert got.headers["content-disposition"].startswith('attachment; filename="')
    assert got.headers["content-disposition"].endswith(".parquet")
    assert (await gateway.http.get(f"/datasets/{uuid4()}/parquet")).status_code == 404


async def test_files_of_a_dataset_deleted_while_loading_go_when_that_has_ended(
    start_gateway: Any, researcher: Any, settings: Any
) -> None:
    sweeping = await start_gateway(upload_sweep=0.05)
    dataset = await sweeping.upload()
    job = dataset["job_id"]
    await researcher.start_as("load", job)
    assert (await sweeping.http.delete(f"/datasets/{dataset['dataset_id']}")).status_code == 204
    assert (await sweeping.http.get(f"/datasets/{dataset['dataset_id']}")).status_code == 404
    await researcher.command("cancel", job)
    await sweeping.job_when(job, lambda s: s["status"] == "running")
    await fill(settings, dataset)
    assert len(files(settings)) == 6
    await researcher.emit(job, "job.cancelled", 3)
    async with asyncio.timeout(20):
        while len(files(settings)) > 3:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    assert all(path.startswith(ANSWER) for path in files(settings))


async def test_two_processes_remove_the_same_files_at_once(start_gateway: Any, researcher: Any, settings: Any) -> None:
    first, second = [await start_gateway(upload_sweep=3600) for _ in range(2)]
    made = [await first.upload(name=f"{n}.csv") for n in range(12)]
    for dataset in made:
        await first.http.delete(f"/datasets/{dataset['dataset_id']}")
        await researcher.start_as("load", dataset["job_id"])
        await researcher.emit(dataset["job_id"], "job.cancelled", 3)
    for dataset in made:
        await first.job_when(dataset["job_id"], lambda s: s["status"] == "cancelled")
    cores = [core_of(each) for each in (first, second)]
    await asyncio.gather(*(core.uploads.remove_files() for core in cores for _ in range(3)))
    assert files(settings) == []


async def test_a_file_that_belongs_to_nothing_is_removed_after_a_day(gateway: Any, settings: Any) -> None:
    """A process was killed between the file and its row, another one in the middle of the file, and a third was late
    with a table whose dataset was gone."""
    dataset = await gateway.upload()
    await fill(settings, dataset)
    kept = files(settings)
    nobody = uuid4()
    orphans = [new_key(UPLOAD), key_of(TABLE, nobody), key_of(PROFILE, nobody)]
    young = [new_key(UPLOAD), key_of(TABLE, uuid4()), key_of(PROFILE, uuid4())]
    for key in (*orphans, *young):
        await FolderBlobs(settings.blobs_folder).put(key, pieces(CSV), limit=100)
    parts = [f"{kind}/.part-{uuid4().hex}" for kind in KEPT]
    for part in parts:
        (settings.blobs_folder / part).parent.mkdir(exist_ok=True)
        (settings.blobs_folder / part).write_bytes(CSV[:5])
    long_ago = datetime.now().timestamp() - settings.orphan_after - 1  # noqa: DTZ005 - seconds since the epoch
    for name in (*kept, *orphans, *parts):
        os.utime(settings.blobs_folder / name, (long_ago, long_ago))
    await core_of(gateway).orphans.remove()
    assert files(settings) == sorted([*kept, *young])


async def test_more_deleted_datasets_than_fit_into_one_transaction_go_at_one_sweep(
    start_gateway: Any, researcher: Any, settings: Any
) -> None:
    gateway = await start_gateway(upload_sweep=3600)
    made = [await gateway.upload(name=f"{n}.csv") for n in range(AT_ONCE + 1)]
    for dataset in made:
        await gateway.http.delete(f"/datasets/{dataset['dataset_id']}")
        await researcher.start_as("load", dataset["job_id"])
        await researcher.emit(dataset["job_id"], "job.cancelled", 3)
    for dataset in made:
        await gateway.job_when(dataset["job_id"], lambda s: s["status"] == "cancelled")
    await core_of(gateway).uploads.remove_files()
    assert files(settings) == []


def core_of(gateway: Any) -> Core:
    core: Core = gateway.server.config.app.state.core
    return core
