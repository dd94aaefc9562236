"""Nobody finds, counts or deletes another's passages, and a document is no conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from parley_common.contracts.jobs import JsonObject
from parley_common.errors import Invalid
from parley_common.testing.passages import DIMENSIONS, passage, towards
from parley_common.vectors.index import Index, Kind, open_index
from parley_common.vectors.settings import VectorSettings

HOSTILE_OWNERS = [
    "",
    "*",
    "null",
    "a' OR '1'='1",
    "../other",
    "user\x00",
    "ü" * 200,
    '{"match": {"any": []}}',
    "\u202eresu",
]


@pytest.mark.parametrize("kind", ["document", "chat_history"])
async def test_the_same_source_of_two_owners_stays_two(index: Index, owner: str, kind: Kind) -> None:
    source, other = uuid4(), f"{owner}-other"
    await index.upsert(
        [passage(owner, "mine", source=source, kind=kind), passage(other, "hers", source=source, kind=kind)]
    )
    assert [hit.text for hit in await index.search(owner, kind, "mine hers", towards(0))] == ["mine"]
    assert [hit.text for hit in await index.search(other, kind, "mine hers", towards(0), sources=[source])] == ["hers"]
    await index.delete(other, kind, source)
    assert await index.count(owner, kind, source) == 1
    assert await index.count(other, kind, source) == 0


async def test_documents_and_conversations_are_apart(index: Index, owner: str) -> None:
    source = uuid4()
    await index.upsert([passage(owner, "a page", source=source)])
    await index.upsert([passage(owner, "a turn", source=source, kind="chat_history", ordinal=1)])
    assert [hit.text for hit in await index.search(owner, "document", "page turn", towards(0))] == ["a page"]
    assert [hit.text for hit in await index.search(owner, "chat_history", "page turn", towards(0))] == ["a turn"]
    await index.delete(owner, "document", source)
    assert await index.count(owner, "document", source) == 0
    assert await index.count(owner, "chat_history", source) == 1


async def test_a_passage_cannot_take_the_place_of_another_owner_s(index: Index, owner: str) -> None:
    mine = passage(owner, "mine")
    await index.upsert([mine])
    for intruder in (
        replace(mine, owner=f"{owner}-other"),
        replace(mine, source=uuid4()),
        replace(mine, version=2),
        replace(mine, ordinal=1),
    ):
        with pytest.raises(Invalid):
            await index.upsert([intruder])
    (hit,) = await index.search(owner, "document", "mine", towards(0))
    assert hit.text == "mine"


async def test_what_a_payload_says_of_its_owner_counts_for_nothing(index: Index, owner: str) -> None:
    victim = f"{owner}-victim"
    forged: JsonObject = {
        "owner": victim,
        "type": "chat_history",
        "data": {"owner": victim},
        "text": "forged",
        "source": str(uuid4()),
    }
    await index.upsert([passage(owner, "true", payload=forged)])
    assert await index.search(victim, "document", "true", towards(0)) == []
    assert await index.search(owner, "chat_history", "true", towards(0)) == []
    (hit,) = await index.search(owner, "document", "true", towards(0))
    assert (hit.text, hit.payload) == ("true", forged)


async def test_owners_with_strange_names_are_nobody_else(index: Index, owner: str) -> None:
    source = uuid4()
    names = [f"{owner}{name}" for name in HOSTILE_OWNERS]
    await index.upsert([passage(name, "note", source=source) for name in names])
    for name in names:
        assert len(await index.search(name, "document", "note", towards(0))) == 1
        assert await index.count(name, "document", source) == 1
    await index.delete(names[1], "document", source)
    assert [await index.count(name, "document", source) for name in names] == [1, 0, *[1] * (len(names) - 2)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Index, dict[str, UUID]]]:
    """10,000 passages of a hundred owners that differ in nothing but their owner."""
    settings = VectorSettings(_env_file=None, PARLEY_DATA=tmp_path_factory.mktemp("crowd"), PARLEY_VECTOR_BATCH=2500)
    index = open_index(settings, "crowded", DIMENSIONS)
    sources = {f"owner-{n}": uuid4() for n in range(100)}
    points = [
        passage(name, f"page {n}", source=source, ordinal=n) for name, source in sources.items() for n in range(100)
    ]
    await index.upsert(points)
    yield index, sources
    await index.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_among_ten_thousand_alike_everybody_finds_only_their_own(crowded: tuple[Index, dict[str, UUID]]) -> None:
    index, sources = crowded
    for name, source in sources.items():
        hits = await index.search(name, "document", "page", towards(0), limit=150)
        assert len(hits) == 100
        assert {hit.source for hit in hits} == {source}
        assert await index.search(name, "document", "page", towards(0), excluding=[source]) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_deletion_among_ten_thousand_touches_one_owner(crowded: tuple[Index, dict[str, UUID]]) -> None:
    index, sources = crowded
    shared = sources["owner-1"]
    await index.delete("owner-0", "document", shared)
    assert await index.count("owner-1", "document", shared) == 100
    await index.delete("owner-1", "document", shared)
    counts = [await index.count(name, "document", source) for name, source in sources.items()]
    assert counts == [100, 0, *[100] * 98]
