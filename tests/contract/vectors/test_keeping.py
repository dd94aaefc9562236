"""What is stored is there once, can be counted, and is gone after a deletion, whoever else is at work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from parley_common.errors import Invalid
from parley_common.testing.passages import DIMENSIONS, passage, towards
from parley_common.vectors.index import Index


async def test_storing_again_stores_nothing_twice(index: Index, owner: str) -> None:
    source = uuid4()
    points = [passage(owner, f"sentence {n}", source=source, ordinal=n) for n in range(5)]
    await index.upsert(points)
    await index.upsert(points)
    assert await index.count(owner, "document", source) == 5


async def test_storing_again_replaces_text_words_and_vector(index: Index, owner: str) -> None:
    old = passage(owner, "apples", dense=towards(1), payload={"was": 1})
    await index.upsert([old])
    await index.upsert([replace(old, text="pears", dense=towards(2), payload={"is": 2})])
    (hit,) = await index.search(owner, "document", "pears", towards(2))
    assert (hit.text, hit.payload) == ("pears", {"is": 2})
    assert hit.similarity == pytest.approx(1.0, abs=1e-3)
    assert hit.bm25 is not None
    (hit,) = await index.search(owner, "document", "apples", towards(1))
    assert hit.bm25 is None
    assert hit.similarity == pytest.approx(0.0, abs=1e-3)


async def test_versions_of_a_source_are_counted_together_or_apart(index: Index, owner: str) -> None:
    source = uuid4()
    await index.upsert([passage(owner, source=source, version=1, ordinal=n) for n in range(2)])
    await index.upsert([passage(owner, source=source, version=2, ordinal=n) for n in range(3)])
    assert await index.count(owner, "document", source) == 5
    assert await index.count(owner, "document", source, 1) == 2
    assert await index.count(owner, "document", source, 3) == 0


async def test_a_deleted_source_counts_nothing_and_is_not_found(index: Index, owner: str) -> None:
    source, kept = uuid4(), uuid4()
    await index.upsert([passage(owner, "to be forgotten", source=source, ordinal=n) for n in range(4)])
    await index.upsert([passage(owner, "to be kept", source=kept)])
    await index.delete(owner, "document", source)
    assert await index.count(owner, "document", source) == 0
    assert {hit.source for hit in await index.search(owner, "document", "forgotten", towards(0))} == {kept}


async def test_one_version_is_deleted_or_every_other_one(index: Index, owner: str) -> None:
    source = uuid4()
    await index.upsert([passage(owner, source=source, version=version) for version in (1, 2, 3, 4)])
    await index.delete(owner, "document", source, version=4)
    await index.delete(owner, "document", source, except_version=3)
    counts = [await index.count(owner, "document", source, version) for version in (1, 2, 3, 4)]
    assert counts == [0, 0, 1, 0]


async def test_deleting_what_is_not_there_does_no_harm(index: Index, owner: str) -> None:
    await index.delete(owner, "document", uuid4())
    await index.delete(owner, "document", uuid4(), version=1)


async def test_storing_nothing_does_no_harm(index: Index) -> None:
    await index.upsert([])


async def test_more_than_one_request_s_worth_is_stored_whole(index: Index, owner: str) -> None:
    source = uuid4()
    await index.upsert([passage(owner, f"sentence {n}", source=source, ordinal=n) for n in range(50)])
    assert await index.count(owner, "document", source) == 50


async def test_the_old_version_goes_while_the_new_one_comes(index: Index, owner: str) -> None:
    source = uuid4()
    await index.upsert([passage(owner, source=source, version=1, ordinal=n) for n in range(50)])
    new = [passage(owner, source=source, version=2, ordinal=n) for n in range(50)]
    async with asyncio.TaskGroup() as tasks:
        for start in range(0, 50, 10):
            tasks.create_task(index.upsert(new[start : start + 10]))
            tasks.create_task(index.delete(owner, "document", source, except_version=2))
    assert await index.count(owner, "document", source, 1) == 0
    assert await index.count(owner, "document", source, 2) == 50


async def test_many_store_and_search_at_once_and_each_sees_what_was_stored_for_it(index: Index, owner: str) -> None:
    async def one(person: str) -> None:
        source = uuid4()
        await index.upsert([passage(person, f"note {n} of {person}", source=source, ordinal=n) for n in range(5)])
        assert await index.count(person, "document", source) == 5
        hits = await index.search(person, "document", "note", towards(0))
        assert {hit.source for hit in hits} == {source}

    async with asyncio.TaskGroup() as tasks:
        for n in range(30):
            tasks.create_task(one(f"{owner}-{n}"))


async def test_indexes_first_used_at_the_same_moment_share_what_they_make(
    opened: Callable[[str], Index], model: str, owner: str
) -> None:
    indexes = [opened(f"{model}-{owner}") for _ in range(5)]
    source = uuid4()
    try:
        async with asyncio.TaskGroup() as tasks:
            for n, index in enumerate(indexes):
                tasks.create_task(index.upsert([passage(owner, source=source, ordinal=n)]))
        assert await indexes[0].count(owner, "document", source) == 5
    finally:
        for index in indexes:
            await index.close()


async def test_a_vector_of_another_size_or_not_of_numbers_is_refused(index: Index, owner: str) -> None:
    for dense in ([1.0] * (DIMENSIONS + 1), [], [float("nan")] * DIMENSIONS, [float("inf")] * DIMENSIONS):
        stored = passage(owner)
        with pytest.raises(Invalid):
            await index.upsert([replace(stored, dense=dense)])
        with pytest.raises(Invalid):
            await index.search(owner, "document", "text", dense)
        assert await index.count(owner, "document", stored.source) == 0


async def test_drafts_are_counted_and_found_only_once_they_are_published(index: Index, owner: str) -> None:
    source, other = uuid4(), f"{owner}-other"
    old = [passage(owner, f"page {n}", source=source, version=1, ordinal=n) for n in range(3)]
    new = [passage(owner, f"page {n}", source=source, version=2, ordinal=n, payload={"n": n}) for n in range(4)]
    hers = [passage(other, "page", source=source, version=2)]
    await index.upsert([*old, *(replace(point, draft=True) for point in [*new, *hers])])
    assert {hit.version for hit in await index.search(owner, "document", "page", towards(0))} == {1}
    assert await index.count(owner, "document", source, 2) == 4
    assert await index.publish(owner, "document", source, 2) == 4
    assert await index.publish(owner, "document", source, 2) == 4
    hits = await index.search(owner, "document", "page", towards(0))
    assert sorted((hit.version, hit.payload.get("n")) for hit in hits if hit.version == 2) == [(2, n) for n in range(4)]
    assert len(hits) == 7
    assert await index.search(other, "document", "page", towards(0)) == []
    await index.delete(other, "document", source)
    assert (await index.count(other, "document", source), await index.count(owner, "document", source)) == (0, 7)
    assert await index.publish(owner, "document", uuid4(), 1) == 0
