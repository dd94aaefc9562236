"""Answers made of quotations: which sentences, and when none."""

from __future__ import annotations

import pytest
from tests.unit.chat.passages import passage

from parley_chat.domain.extraction import chosen, is_found, judged, quotable, shortlist
from parley_chat.domain.fusion import fused
from parley_chat.domain.passages import Numbered
from parley_chat.domain.sentences import sentences
from parley_chat.domain.terms import terms, weigh

TEXT = "Acme opened in Lyon. Revenue rose to 5 million dollars. The cafeteria was painted.\n\n# Costs\n\nCosts fell."
QUESTION = "How much did the revenue rise?"


def numbered(*texts: str, similarity: float = 0.6) -> list[Numbered]:
    return [Numbered(n=n, passage=passage(text, similarity=similarity)) for n, text in enumerate(texts, start=1)]


def test_sentences_cover_a_text_without_the_white_space_between_them() -> None:
    spans = sentences(TEXT)
    assert [span.of(TEXT) for span in spans][:3] == [
        "Acme opened in Lyon.", "Revenue rose to 5 million dollars.", "The cafeteria was painted.",
    ]  # fmt: skip
    assert "".join(span.of(TEXT) for span in spans).replace(" ", "") == "".join(TEXT.split()).replace(" ", "")
    assert all(span.end - span.start <= 50 for span in sentences("word " * 100, longest=50))
    assert sentences(" \n ") == []


def test_a_word_that_is_nowhere_weighs_most_and_tells_against_an_answer() -> None:
    weighed = weigh(terms("revenue of zebras"), [TEXT, "revenue", "costs"])
    assert weighed.weights["zebra"] > weighed.weights["revenu"]
    assert 0.5 < weighed.absent < 1
    assert weighed.coverage(["revenu"]) + weighed.absent == 1


def test_the_sentence_that_says_what_was_asked_is_quoted_first_and_neighbours_are_one_quotation() -> None:
    listed = shortlist(numbered(TEXT), weigh(terms(QUESTION), [TEXT, "costs", "sales"]))
    ranked = judged(
        listed, [0.8 if "Revenue" in each.text else 0.75 if "Acme" in each.text else 0.1 for each in listed]
    )
    assert ranked[0].text == "Revenue rose to 5 million dollars."
    assert chosen(ranked)[0].text == "Acme opened in Lyon. Revenue rose to 5 million dollars."


def test_what_is_far_in_meaning_or_asks_for_words_that_are_nowhere_is_not_found() -> None:
    known = weigh(terms(QUESTION), [TEXT, "costs", "sales"])
    assert not is_found([], 0.0)
    listed = shortlist(numbered(TEXT), known)
    assert is_found(judged(listed, [0.7] * len(listed)), known.absent)
    assert not is_found(judged(listed, [0.2] * len(listed)), known.absent)
    far = shortlist(numbered(TEXT, similarity=0.3), known)
    assert not is_found(judged(far, [0.5] * len(far)), 1.0)


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("The parrot is blue.", ["The parrot is blue."]),
        ("Is the parrot blue?", []),
        ("what colour is the parrot", []),
        ("Please tell me about parrots.", []),
        ("My parrot is blue. What does it eat?", ["My parrot is blue."]),
    ],
)
def test_of_an_earlier_turn_only_what_its_user_stated_is_quoted(said: str, stated: list[str]) -> None:
    turn = passage(f"{said}\nParrots eat seeds.", kind="chat_history", quotable=len(said))
    assert [span.of(turn.text) for span in quotable(turn)] == stated


def test_a_rewrite_that_finds_other_things_does_not_lose_what_the_question_found() -> None:
    first = [passage(f"asked {rank}", similarity=0.9) for rank in range(9)]
    second = [passage(f"rewritten {rank}", similarity=0.3) for rank in range(9)]
    both = fused([first, [*second, first[8]]], limit=10)
    assert {first[0].id, second[0].id} == {each.id for each in both[:2]}
    assert len({each.id for each in both}) == 10
    assert fused([first], limit=3) == first[:3]
