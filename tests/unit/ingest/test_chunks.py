"""Passages: nothing lost, nothing twice, nothing too long, and each knows where it stands."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley_ingest.domain.chunks import SPECIAL, Chunk, chunked
from parley_ingest.domain.document import Canonical, Section

from .conftest import Count

TOKENS, WINDOW = 200, 256


def canonical(*sections: tuple[Sequence[str], int | None, str], title: str = "A title") -> Canonical:
    """A text of (path of headings, page, what it says)."""
    made, at = [], 0
    for heading, page, text in sections:
        made.append(Section(at, at + len(text), tuple(heading), page))
        at += len(text)
    return Canonical("".join(text for _, _, text in sections), title, made, None, [])


def check(document: Canonical, chunks: list[Chunk], count: Count) -> None:
    text = document.text
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    end = 0
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
        assert text[end : chunk.start].strip() == ""
        assert chunk.text.strip()
        assert count(chunk.text) <= TOKENS
        assert chunk.embedded.endswith(chunk.text)
        assert count(chunk.embedded) + SPECIAL <= WINDOW
        end = chunk.end
    assert text[end:].strip() == ""


WORDS = st.sampled_from(
    [
        "word",
        "the",
        "Donaudampfschifffahrt",
        "x" * 150,
        "日本語の文章です",
        "😀👩‍👩‍👧‍👦",
        "ä́",
        ". ",
        "\n",
        "\n\n",
        "\t",
        "1,234.5",
        "—",
        "{}();",
    ]
)
TEXTS = (
    st.builds(" ".join, st.lists(WORDS, max_size=60))
    | st.builds("".join, st.lists(WORDS, max_size=300))
    | st.text(max_size=40)
)
PATHS = st.lists(st.sampled_from(["One", "Two", "A heading of many words " * 20, "日本", "z" * 300]), max_size=4)
DOCUMENTS = st.lists(st.tuples(PATHS, st.none() | st.integers(1, 3), TEXTS), max_size=8)


@settings(max_examples=60, deadline=None)
@given(sections=DOCUMENTS, title=st.sampled_from(["", "T", "A long title " * 60]))
def test_passages_hold_all_of_any_text_once_in_order_and_fit_the_window(
    count: Count, sections: list[tuple[list[str], int | None, str]], title: str
) -> None:
    document = canonical(*((path, page, text) for path, page, text in sections if text), title=title)
    check(document, chunked(document, count, tokens=TOKENS, window=WINDOW), count)


EXTREMES = {
    "one word of 100 KB": "a" * 100_000,
    "no white space": "Nowordendshere,notone.But" * 4_000,
    "only punctuation": "." * 20_000,
    "chinese": "这是一个没有空格的很长的句子。" * 2_000,
    "emoji": "👩‍👩‍👧‍👦😀" * 3_000,
    "combining marks": "e\u0301\u0323" * 5_000,
    "lines": "one line\n" * 5_000,
    "blank lines": "\n" * 50_000 + "end",
    "nothing": "",
    "white space": " \n\t " * 1_000,
}


@pytest.mark.parametrize("what", EXTREMES)
def test_passages_of_an_extreme_text_hold_all_of_it_and_stay_short(count: Count, what: str) -> None:
    document = canonical(([], None, EXTREMES[what]))
    chunks = chunked(document, count, tokens=TOKENS, window=WINDOW)
    check(document, chunks, count)
    assert max((len(chunk.text) for chunk in chunks), default=0) <= 10 * TOKENS


def prose(words: int, *, seed: int = 1) -> str:
    chance = random.Random(seed)  # noqa: S311
    sentences = []
    while words > 0:
        length = chance.randint(5, 15)
        sentences.append(
            " ".join(chance.choice(["alpha", "beta", "gamma", "delta"]) for _ in range(length)).capitalize() + "."
        )
        words -= length
    return " ".join(sentences) + "\n\n"


def test_passages_are_the_same_every_time(count: Count) -> None:
    document = canonical(*(([f"Chapter {n}"], n, prose(500, seed=n)) for n in range(5)))
    first, again = (chunked(document, count, tokens=TOKENS, window=WINDOW) for _ in range(2))
    assert first == again


def test_no_passage_crosses_a_top_level_heading_though_both_would_fit(count: Count) -> None:
    document = canonical((["One"], None, "First.\n\n"), (["Two"], None, "Second.\n\n"), ([], None, "Third."))
    chunks = chunked(document, count, tokens=TOKENS, window=WINDOW)
    assert [(chunk.text, chunk.heading) for chunk in chunks] == [
        ("First.", ("One",)),
        ("Second.", ("Two",)),
        ("Third.", ()),
    ]


def test_small_sections_under_one_top_level_heading_share_a_passage_and_what_is_common_of_their_paths(
    count: Count,
) -> None:
    document = canonical(
        (["One", "A"], None, "First.\n\n"), (["One", "B"], None, "Second.\n\n"), (["One", "B", "C"], None, prose(300))
    )
    shared, *rest = chunked(document, count, tokens=TOKENS, window=WINDOW)
    assert (shared.text, shared.heading) == ("First.\n\nSecond.", ("One",))
    assert len(rest) >= 2
    assert {chunk.heading for chunk in rest} == {("One", "B", "C")}


def test_a_passage_says_on_which_pages_it_stands(count: Count) -> None:
    document = canonical(*(([], page, prose(150, seed=page).strip() + " ") for page in (1, 2, 3)))
    chunks = chunked(document, count, tokens=TOKENS, window=WINDOW)
    for chunk in chunks:
        covered = [s.page for s in document.sections if s.start < chunk.end and chunk.start < s.end]
        assert (chunk.page_from, chunk.page_to) == (covered[0], covered[-1])
    assert any(chunk.page_from != chunk.page_to for chunk in chunks)


def test_text_is_cut_between_sentences(count: Count) -> None:
    chunks = chunked(canonical(([], None, prose(2_000))), count, tokens=TOKENS, window=WINDOW)
    assert len(chunks) > 10
    assert all(chunk.text.endswith(".") for chunk in chunks)
    assert all(count(chunk.text) > TOKENS // 2 for chunk in chunks[:-1])


PREFIXES: dict[str, tuple[str, list[str], str]] = {
    "title and path": ("Title", ["One", "Two"], "Title\nOne\nTwo\n"),
    "title that is the first heading": ("One", ["One", "Two"], "One\nTwo\n"),
    "outer headings go first": ("Title", ["long " * 60, "Two"], "Title\nTwo\n"),
    "then the title": ("long " * 60, ["One", "Two"], "Two\n"),
    "then half of the last": ("", ["word " * 80], "word " * 39 + "word\n"),
    "no title": ("", [], ""),
}


@pytest.mark.parametrize("what", PREFIXES)
def test_prefix_is_title_and_path_as_far_as_there_is_room(count: Count, what: str) -> None:
    title, path, prefix = PREFIXES[what]
    (chunk,) = chunked(canonical((path, None, "Text."), title=title), count, tokens=TOKENS, window=WINDOW)
    assert chunk.embedded == f"{prefix}Text."


def test_a_tokenizer_that_joins_words_is_met_exactly() -> None:
    """One that counts more for a text than for its words: every word costs one, and so does every gap."""

    def count(text: str) -> int:
        return 2 * len(text.split()) - 1 if text.split() else 0

    document = canonical(([], None, prose(1_000)))
    check(document, chunked(document, count, tokens=TOKENS, window=WINDOW), count)


def test_passages_larger_than_the_window_are_refused(count: Count) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        chunked(canonical(([], None, "Text.")), count, tokens=255, window=256)
