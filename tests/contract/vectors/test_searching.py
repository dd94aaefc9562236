"""A search finds by meaning and by words, says how good each hit is, and gives back what was stored."""

from __future__ import annotations

from uuid import uuid4

import pytest

from parley_common.contracts.jobs import JsonObject
from parley_common.testing.passages import passage, towards
from parley_common.vectors.index import Index


async def test_a_passage_is_found_by_its_meaning_alone(index: Index, owner: str) -> None:
    await index.upsert([passage(owner, "Der Hund bellt.", dense=towards(3)), passage(owner, dense=towards(5))])
    first, *_ = await index.search(owner, "document", "what does the canine do?", towards(3))
    assert first.text == "Der Hund bellt."
    assert first.similarity == pytest.approx(1.0, abs=1e-3)
    assert first.bm25 is None


async def test_a_passage_is_found_by_its_words_although_many_others_are_nearer(index: Index, owner: str) -> None:
    others = [passage(owner, f"Something else, number {n}.", dense=towards(2)) for n in range(30)]
    await index.upsert([*others, passage(owner, "The quokka lives on Rottnest.", dense=towards(6))])
    hits = await index.search(owner, "document", "Where do quokkas live?", towards(2), limit=10)
    found = next(hit for hit in hits if "quokka" in hit.text)
    assert found.similarity is None, "it is not among the ten nearest"
    assert found.bm25 is not None
    assert found.bm25 > 0


async def test_what_is_good_by_both_measures_comes_first(index: Index, owner: str) -> None:
    near = passage(owner, "Entirely other words.", dense=towards(4))
    worded = passage(owner, "The harvest was poor.", dense=towards(7))
    both = passage(owner, "In 1887 the harvest failed.", dense=towards(4, leaning=0.2))
    await index.upsert([near, worded, both])
    hits = await index.search(owner, "document", "harvest 1887", towards(4))
    assert hits[0].id == both.id
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_the_fused_score_is_that_of_reciprocal_ranks_with_two_words_counting_one_and_a_half(
    index: Index, owner: str
) -> None:
    first = passage(owner, "zeppelin zeppelin", dense=towards(1))
    second = passage(owner, "zeppelin and much else besides, at some length", dense=towards(1, leaning=0.5))
    await index.upsert([first, second])
    hits = await index.search(owner, "document", "zeppelin", towards(1))
    assert [hit.id for hit in hits] == [first.id, second.id]
    assert [hit.score for hit in hits] == pytest.approx([2.5 / 2, 2.5 / 3])


async def test_a_passage_beside_another_one_that_was_found_comes_before_one_that_stands_alone(
    index: Index, owner: str
) -> None:
    story, other = uuid4(), uuid4()
    alone = passage(owner, "zeppelin", dense=towards(1, leaning=0.1), source=other, ordinal=5)
    best = passage(owner, "zeppelin zeppelin", dense=towards(1), source=story, ordinal=5)
    next_to_it = passage(
        owner, "zeppelin, said at greater length", dense=towards(1, leaning=0.5), source=story, ordinal=6
    )
    await index.upsert([alone, next_to_it, best])
    hits = await index.search(owner, "document", "zeppelin", towards(1))
    assert [hit.id for hit in hits] == [best.id, next_to_it.id, alone.id]


async def test_a_hit_has_everything_that_was_stored(index: Index, owner: str) -> None:
    payload: JsonObject = {
        "filename": "a.pdf",
        "page": 3,
        "nested": {"none": None, "list": [1, 2.5, "x", True, []]},
        "owner": "me",
    }
    stored = passage(owner, "Needle.", version=7, ordinal=42, payload=payload)
    await index.upsert([stored])
    (hit,) = await index.search(owner, "document", "needle", towards(0))
    assert (hit.id, hit.source, hit.version, hit.ordinal) == (stored.id, stored.source, 7, 42)
    assert (hit.text, hit.payload) == ("Needle.", payload)


async def test_no_more_hits_than_wanted(index: Index, owner: str) -> None:
    await index.upsert([passage(owner, f"word number {n}", dense=towards(n % 8)) for n in range(20)])
    assert len(await index.search(owner, "document", "word", towards(0), limit=5)) == 5


async def test_only_chosen_sources_are_searched(index: Index, owner: str) -> None:
    kept, other, third = uuid4(), uuid4(), uuid4()
    await index.upsert([passage(owner, "the same words", source=source) for source in (kept, other, third)])
    chosen = await index.search(owner, "document", "same words", towards(0), sources=[kept, other], excluding=[other])
    assert {hit.source for hit in chosen} == {kept}
    rest = await index.search(owner, "document", "same words", towards(0), excluding=[kept])
    assert {hit.source for hit in rest} == {other, third}


async def test_nothing_is_found_among_no_sources(index: Index, owner: str) -> None:
    await index.upsert([passage(owner, "the same words")])
    assert await index.search(owner, "document", "same words", towards(0), sources=[]) == []


async def test_a_question_without_words_is_answered_by_meaning(index: Index, owner: str) -> None:
    await index.upsert([passage(owner, "anything", dense=towards(2))])
    for text in ("", "   ", "?!…", "the of and", "\x00", "🦘🦘"):
        (hit,) = await index.search(owner, "document", text, towards(2))
        assert hit.similarity == pytest.approx(1.0, abs=1e-3)
        assert hit.bm25 is None


async def test_how_rare_a_word_is_depends_on_its_owner_s_passages_alone(index: Index, owner: str) -> None:
    """Another person writes of nothing but engines: to this one the word stays as telling as it was."""
    mine = [passage(owner, "engine"), *(passage(owner, f"filler {n}") for n in range(9))]
    await index.upsert(mine)
    before = await index.search(owner, "document", "engine", towards(5))
    await index.upsert([passage(f"{owner}-other", "engine") for _ in range(50)])
    await index.upsert([passage(owner, "engine", kind="chat_history") for _ in range(50)])
    after = await index.search(owner, "document", "engine", towards(5))
    assert before[0].bm25 == after[0].bm25
    assert before[0].bm25 is not None


async def test_an_owner_without_passages_finds_nothing(index: Index, owner: str) -> None:
    assert await index.search(owner, "document", "anything", towards(0)) == []
