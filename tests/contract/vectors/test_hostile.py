"""Content is data: whatever a passage or a question holds, it comes back as it was, or is refused whole."""

from __future__ import annotations

from uuid import uuid4

import pytest

from parley_common.contracts.jobs import JsonObject
from parley_common.errors import Invalid
from parley_common.testing.passages import passage, towards
from parley_common.vectors.index import Index

TEXTS = [
    "",
    "   ",
    "\x00\x01\x7f",
    "👩‍👩‍👧‍👦 🇩🇪 𝕱𝖗𝖆𝖐𝖙𝖚𝖗",
    "戦場のヴァルキュリア３ と 한국어 그리고 ไทย",
    "a" * 50_000,
    "\u202eright to left\u202c \ufeff\u200b",
    '"},"payload":{"owner":"x"}',
    "<script>alert(1)</script> {{7*7}} ${jndi:ldap://x} '; DROP TABLE points; --",
    "e\u0301 é",
    "\U0010ffff \ufffe",
]
PAYLOADS: list[JsonObject] = [
    {},
    {"": "", " ": None, "a.b[0]": 1, "$": {}, "__proto__": {"x": 1}},
    {"deep": {"er": {"and": {"deeper": [[[[{"end": True}]]]]}}}},
    {"big": 2**53, "small": -(2**53), "float": 0.1, "zero": -0.0, "huge": 1e300},
    {"nul": "\x00", "text": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "true": True},
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_any_text_comes_back_as_it_was(index: Index, owner: str, text: str) -> None:
    await index.upsert([passage(owner, text)])
    (hit,) = await index.search(owner, "document", text, towards(0))
    assert hit.text == text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
async def test_any_payload_comes_back_as_it_was(index: Index, owner: str, payload: JsonObject) -> None:
    await index.upsert([passage(owner, "x", payload=payload)])
    (hit,) = await index.search(owner, "document", "x", towards(0))
    assert hit.payload == payload


async def test_half_a_character_is_refused(index: Index, owner: str) -> None:
    source = uuid4()
    for broken in (passage(owner, "\ud800", source=source), passage(owner, source=source, payload={"x": "\udfff"})):
        with pytest.raises(Invalid):
            await index.upsert([broken])
    assert await index.count(owner, "document", source) == 0
    await index.upsert([passage(owner, "whole", source=source)])
    assert len(await index.search(owner, "document", "\ud800 whole", towards(0))) == 1


async def test_words_are_found_in_scripts_without_spaces(index: Index, owner: str) -> None:
    await index.upsert(
        [
            passage(owner, "東京都に行きました。", dense=towards(1)),
            passage(owner, "大阪で食べました。", dense=towards(1)),
            passage(owner, "हिन्दी में लिखा हुआ", dense=towards(1)),
        ]
    )
    for question, expected in (("東京", "東京都に行きました。"), ("हिन्दी", "हिन्दी में लिखा हुआ")):
        hits = await index.search(owner, "document", question, towards(5))
        assert [hit.text for hit in hits if hit.bm25 is not None] == [expected]


async def test_a_question_of_five_thousand_words_is_answered(index: Index, owner: str) -> None:
    await index.upsert([passage(owner, "word4999 is here")])
    question = " ".join(f"word{n}" for n in range(5_000))
    (hit,) = await index.search(owner, "document", question, towards(0))
    assert hit.bm25 is not None
