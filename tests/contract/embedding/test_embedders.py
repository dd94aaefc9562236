"""What every embedder does, whichever model stands behind it."""

from __future__ import annotations

import asyncio
import math
import re

import pytest

from parley_common.embedding.embedder import Embedder, TextTooLong

TEXTS = [
    "Refunds are paid within fourteen days of the return.",
    "",
    "The cat sat on the mat.",
    "def area(radius): return 3.14159 * radius ** 2",
    "Où est la gare? Wo ist der Bahnhof? 駅はどこですか。",
    "A longer passage about contracts. " * 12,
    "half a \ud83d pair and a \x00 nul",
]


def cosine(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


async def test_vectors_are_of_unit_length_and_of_the_dimensions_named(embedder: Embedder) -> None:
    for vector in await embedder.embed(TEXTS):
        assert len(vector) == embedder.dimensions
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-5)


async def test_vectors_come_in_the_order_of_their_texts(embedder: Embedder) -> None:
    texts = [f"{'word ' * (number * 7 % 50)}number {number}" for number in range(60)]
    together = await embedder.embed(texts)
    for number in (0, 17, 42, 59):
        (alone,) = await embedder.embed([texts[number]])
        assert max(range(60), key=lambda other: cosine(alone, together[other])) == number


async def test_no_text_makes_no_vector(embedder: Embedder) -> None:
    assert await embedder.embed([]) == []


async def test_near_texts_have_near_vectors(embedder: Embedder) -> None:
    question, answer, other = await embedder.embed(
        ["When are refunds paid?", "Refunds are paid within fourteen days.", "The cat sat on the mat."]
    )
    assert cosine(question, answer) > cosine(question, other) + 0.1


async def test_a_text_that_fills_the_window_is_embedded_and_one_token_more_refused(embedder: Embedder) -> None:
    room = embedder.window - 2
    full = " ".join(["cat"] * room)
    assert embedder.count(full) == room
    assert len(await embedder.embed([full])) == 1
    with pytest.raises(TextTooLong):
        await embedder.embed(["short", f"{full} cat"])


def test_counting_neither_cuts_nor_pads(embedder: Embedder) -> None:
    assert embedder.count("") == 0
    assert embedder.count("cat") == 1
    assert embedder.count("cat " * 5000) >= 5000


def test_the_name_names_an_index(embedder: Embedder) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+", embedder.name)


async def test_many_callers_at_once_each_get_their_own(embedder: Embedder) -> None:
    texts = [f"{'about ' * number} topic {number}" for number in range(20)]
    alone = [(await embedder.embed([text]))[0] for text in texts]
    together = await asyncio.gather(*(embedder.embed([text, *TEXTS]) for text in texts))
    for expected, found in zip(alone, together, strict=True):
        assert len(found) == 1 + len(TEXTS)
        assert found[0] == pytest.approx(expected, abs=1e-6)


async def test_closing_twice_is_closing_once(embedder: Embedder) -> None:
    await embedder.close()
    await embedder.close()
