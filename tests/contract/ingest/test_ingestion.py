"""A document becomes passages that can be found, all of them or none, whoever dies on the way."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from parley_common.runtime import tables as runtime

from .doubles import HashingEmbedder

WORDS = "Keeper of the lighthouse wrote down ship number {} and the weather of that day. "


def words(name: object = "") -> str:
    """A text of ten chunks; one of another name has none of them."""
    return "".join(WORDS.format(f"{name}{number}") for number in range(10))


TEXT = words()
# How often a document of this length passes a way in or out of a port when nothing goes wrong.
PASSAGES = 15
INTO_THE_INDEX = 9


class TestOnBothDatabases:
    @pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)])
    def sql_url(self, request: pytest.FixtureRequest) -> str | None:
        return None if request.param == "sqlite" else str(request.getfixturevalue("database_url")("ingest"))

    async def test_a_document_is_read_split_embedded_stored_counted_and_then_searched(self, site: Any) -> None:
        document = uuid4()
        job = await site.ingest(TEXT, document)
        result = await site.completed(job)
        await site.assert_whole(document)
        chunks = len(site.points)
        assert chunks == len(await site.rows("chunk")) == len(site.embedder.paid)
        assert result["document"] == str(document)
        assert (result["chunks"], result["embedded"], result["version"]) == (chunks, chunks, 1)
        assert (result["characters"], result["pages"], result["embedder"]) == (len(TEXT), 1, "hashing")
        assert (result["mode"], result["model"]) == ("offline", None)
        for point in site.points.values():
            assert point.text.endswith(TEXT[point.payload["start"] : point.payload["end"]])
            assert point.payload["page"] == 1
        stages = [frame["data"]["stage"] for frame in site.of(job, "job.progress")]
        assert f"Generating embeddings for {chunks} chunks..." in stages
        assert f"Generating embeddings for {chunks} chunks... (4 of {chunks})" in stages
        assert f"Generating embeddings for {chunks} chunks... ({chunks} of {chunks})" in stages

    async def test_a_newer_version_takes_the_place_and_pays_for_what_is_new(self, site: Any) -> None:
        document = uuid4()
        await site.completed(await site.ingest(TEXT, document))
        paid = len(site.embedder.paid)
        longer = TEXT + WORDS.format("unheard of")
        result = await site.completed(await site.ingest(longer, document, version=2))
        await site.assert_whole(document, 2)
        assert 0 < result["embedded"] < result["chunks"]
        assert len(site.embedder.paid) == paid + result["embedded"]
        assert len(await site.rows("version")) == 1
        assert len(site.texts()) == 2
        assert {row.hash for row in await site.rows("embedding")} == {row.hash for row in await site.rows("chunk")}

    async def test_a_forgotten_document_leaves_nothing_and_never_comes_back(self, site: Any) -> None:
        document, other = uuid4(), uuid4()
        await site.completed(await site.ingest(TEXT, document))
        await site.completed(await site.ingest(TEXT, other))
        points = len(site.points) // 2
        assert (await site.completed(await site.forget(document)))["points"] == points
        await site.assert_whole(other)
        assert (await site.problem(await site.ingest(TEXT, document, version=2)))["code"] == "document_deleted"
        assert (await site.completed(await site.forget(document)))["points"] == 0
        await site.completed(await site.forget(other))
        await assert_nothing_left(site)


async def assert_nothing_left(site: Any) -> None:
    assert [index.points for index in site.indexes.open.values() if index.points] == []
    for table in ("version", "chunk", "embedding"):
        assert await site.rows(table) == [], table
    assert site.texts() == []
    assert all(row.forgotten_at and row.active is None for row in await site.rows("document"))


async def is_held(site: Any, job: UUID) -> bool:
    """Whether the job came to the gate before it ended."""
    reached, ended = asyncio.create_task(site.gate.reached.wait()), asyncio.create_task(site.end(job))
    await asyncio.wait({reached, ended}, return_when=asyncio.FIRST_COMPLETED)
    for task in (reached, ended):
        task.cancel()
    return bool(site.gate.reached.is_set())


async def cut_off(site: Any, job: UUID) -> bool:
    """End the worker when the job is held at the gate, and start another; whether it came so far."""
    if held := await is_held(site, job):
        stopping = asyncio.create_task(site.stop())
        await asyncio.wait({stopping}, timeout=0.05)
        site.gate.open.set()
        await stopping
        await site.start()
    return held


async def test_a_worker_may_end_anywhere_and_no_batch_is_paid_twice_but_the_one_in_flight(site: Any) -> None:
    at = 0
    while True:
        at += 1
        document = uuid4()
        site.gate.hold(at)
        before = len(site.embedder.paid)
        job = await site.ingest(words(f"{at}-"), document)
        held = await cut_off(site, job)
        result = await site.completed(job)
        await site.assert_whole(document)
        paid = len(site.embedder.paid) - before
        assert result["chunks"] <= paid <= result["chunks"] + site.settings.embed_chunks
        if not held:
            break
    assert at > PASSAGES


async def test_wherever_a_new_version_is_one_whole_version_is_found_and_never_half_of_one(site: Any) -> None:
    at = 0
    while True:
        at += 1
        document = uuid4()
        await site.completed(await site.ingest(words(f"{at}-"), document))
        chunks = len(found(site, document))
        site.gate.hold(at)
        job = await site.ingest(words(f"{at}+") + WORDS.format("more"), document, version=2)
        held = await is_held(site, job)
        seen = found(site, document)
        assert seen.count(1) in {0, chunks}
        new = [row for row in await site.rows("chunk") if (row.document, row.version) == (document, 2)]
        assert seen.count(2) in {0, len(new)}
        assert seen
        site.gate.open.set()
        await site.completed(job)
        assert set(found(site, document)) == {2}
        if not held:
            break
    assert at > PASSAGES


def found(site: Any, document: UUID) -> list[int]:
    """The versions of the passages that a search would find."""
    return [point.version for point in site.points.values() if point.source == document and not point.draft]


async def test_a_document_forgotten_anywhere_on_its_way_leaves_nothing(site: Any) -> None:
    at = 0
    while True:
        at += 1
        document = uuid4()
        site.gate.hold(at)
        job = await site.ingest(words(f"{at}-"), document)
        held = await is_held(site, job)
        # Every other time the cancellation gets lost, and only the removal is heard of.
        if at % 2:
            await site.cancel(job)
        removal = await site.forget(document)
        await site.until(lambda removal=removal: site.steps(removal))
        site.gate.open.set()
        await site.completed(removal)
        if held:
            assert (await site.end(job))["type"] in {"job.cancelled", "job.failed"}
        await assert_nothing_left(site)
        if not held:
            break
    assert at > PASSAGES


async def test_a_frozen_worker_that_thaws_behind_the_deletion_takes_back_what_it_writes(site: Any) -> None:
    await site.stop()
    await site.start(lease=0.5, heartbeat=3600.0, sweep=3600.0)
    document, frozen = uuid4(), site.service.service
    site.gate.hold(INTO_THE_INDEX)
    job = await site.ingest(TEXT, document)
    await site.gate.reached.wait()
    for subscriber in frozen.broker.subscribers:
        await subscriber.stop()
    await site.start(sweep=0.1)
    await site.cancel(job)
    assert (await site.completed(await site.forget(document)))["points"] == 0
    site.gate.open.set()
    async with asyncio.timeout(20):
        while frozen.worker.running:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    assert site.gate.passed > INTO_THE_INDEX
    await assert_nothing_left(site)


async def test_a_command_that_comes_twice_is_one_job(site: Any) -> None:
    document = uuid4()
    first, second = await site.ingest(TEXT, document), await site.ingest(TEXT, document)
    assert {(await site.completed(job))["chunks"] for job in (first, second)} == {len(site.points)}
    await site.assert_whole(document)


async def test_what_cannot_be_read_fails_with_its_reason_and_can_be_tried_again(site: Any) -> None:
    document = uuid4()
    problem = await site.problem(await site.ingest("! broken", document))
    assert (problem["code"], problem["detail"]) == ("document_corrupt", "The document is damaged.")
    assert (await site.problem(await site.ingest("  \n ", document, version=2)))["code"] == "document_empty"
    await site.completed(await site.ingest(TEXT, document, version=3))
    await site.assert_whole(document, 3)


async def test_an_index_that_loses_passages_never_completes_and_is_swept(site: Any) -> None:
    index, document = site.indexes.of("hashing", 8), uuid4()
    index.loses = 1
    assert (await site.problem(await site.ingest(TEXT, document)))["code"] == "index_incomplete"
    assert site.points
    assert (await site.rows("document"))[0].active is None
    paid = len(site.embedder.paid)
    index.loses = 0
    await site.stop()
    await site.start(left_over_sweep=0.05)
    async with asyncio.timeout(20):
        while site.points:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    await site.completed(await site.ingest(TEXT, document, version=2))
    await site.assert_whole(document, 2)
    assert len(site.embedder.paid) == paid


async def test_a_cancelled_document_is_taken_out_of_the_index(site: Any) -> None:
    site.gate.hold(PASSAGES - 2)
    job = await site.ingest(TEXT, document := uuid4())
    await site.gate.reached.wait()
    await site.cancel(job)
    site.gate.open.set()
    assert (await site.end(job))["type"] == "job.cancelled"
    await site.stop()
    await site.start(left_over_sweep=0.05)
    async with asyncio.timeout(20):
        while site.points:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    assert [row.active for row in await site.rows("document") if row.id == document] == [None]


async def test_an_older_version_never_takes_the_place_of_a_newer_one(site: Any) -> None:
    document = uuid4()
    await site.completed(await site.ingest(TEXT, document, version=2))
    assert (await site.problem(await site.ingest("older words", document, version=1)))["code"] == "document_superseded"
    await site.assert_whole(document, 2)


async def test_another_embedder_has_an_index_of_its_own_and_the_old_one_is_emptied(site: Any) -> None:
    document = uuid4()
    await site.completed(await site.ingest(TEXT, document))
    await site.stop()
    site.embedder = HashingEmbedder(site.gate, "another")
    await site.start()
    await site.completed(await site.ingest(TEXT, document, version=2))
    await site.assert_whole(document, 2)
    assert site.indexes.of("hashing", 8).points == {}
    assert {row.embedder for row in await site.rows("version")} == {"another"}
    await site.completed(await site.forget(document))
    await assert_nothing_left(site)


async def test_a_change_of_the_embedder_in_the_middle_mixes_nothing(site: Any) -> None:
    site.gate.hold(5)
    job = await site.ingest(TEXT, uuid4())
    await site.gate.reached.wait()
    site.embedder = HashingEmbedder(site.gate, "another")
    assert await cut_off(site, job)
    assert (await site.problem(job))["code"] == "embedder_changed"
    assert site.points == {}


async def test_nobody_writes_into_or_forgets_the_document_of_another(site: Any) -> None:
    document = uuid4()
    await site.completed(await site.ingest(TEXT, document))
    assert (await site.problem(await site.ingest("mine now", document, version=2, owner="bob")))["code"] == "not_found"
    assert (await site.problem(await site.forget(document, owner="bob")))["code"] == "not_found"
    await site.assert_whole(document)


async def test_the_journal_outlives_a_document_and_holds_no_word_of_it(site: Any) -> None:
    document = uuid4()
    job = await site.ingest(TEXT, document)
    await site.completed(job)
    async with site.database.read() as connection:
        steps = list(await connection.execute(select(runtime.step)))
        jobs = list(await connection.execute(select(runtime.job)))
    assert {row.name for row in steps} >= {"read", "split", "embed", "store", "verify", "activate"}
    assert "lighthouse" not in repr([steps, jobs, site.of(job, "job.step", "job.progress", "job.completed")])
    await site.completed(await site.forget(document))
    async with site.database.read() as connection:
        assert "a.txt" not in repr(list(await connection.execute(select(runtime.job))))
