"""What is shown of a conversation, what its turns become, and how much of everything fits."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parley_chat.domain.followups import carried_over, leans
from parley_chat.domain.memory import pieces
from parley_chat.domain.passages import Turn
from parley_chat.domain.summary import extract, held, shortened
from parley_chat.domain.tokens import estimate, fitted
from parley_chat.domain.window import Window, budget, window
from parley_common.contracts.chat import ChatMessage

FEW = settings(max_examples=60, deadline=None)
WORDS = st.lists(st.sampled_from(["profit", "rose", "in", "Lyon.", "Why", "not?"]), min_size=1, max_size=80)


def said(*texts: str) -> list[ChatMessage]:
    roles = ("user", "assistant")
    return [ChatMessage.model_validate({"role": roles[at % 2], "content": text}) for at, text in enumerate(texts)]


def count(text: str) -> int:
    return len(text.split())


@FEW
@given(st.lists(st.text(max_size=200), max_size=30), st.integers(0, 600), st.integers(0, 12), st.text(max_size=900))
def test_a_window_stays_within_its_share_and_ends_with_the_newest_message(
    texts: list[str], tokens: int, most: int, summary: str
) -> None:
    messages = said(*texts)
    seen = window(messages, most=most, tokens=tokens, summary=summary)
    parts = [seen.summary, *seen.earlier, *(message.content for message in seen.messages)]
    assert sum(map(estimate, parts)) <= seen.tokens <= tokens
    assert summary.strip().startswith(seen.summary)
    assert estimate(seen.summary) <= tokens // 3
    assert len(seen.messages) <= most
    assert seen.messages == messages[len(messages) - len(seen.messages) :]


def test_messages_that_are_too_old_are_kept_as_gists() -> None:
    messages = said(*(f"message {number} " + "word " * 60 for number in range(14)))
    seen = window(messages, most=10, tokens=5_000)
    assert seen.messages == messages[4:]
    assert [each.split()[2] for each in seen.earlier] == ["0", "1", "2", "3"]
    assert all(len(each) < 200 for each in seen.earlier)
    assert window([], most=10, tokens=100) == Window()


@FEW
@given(st.lists(st.text(max_size=300), max_size=20), st.text(max_size=500), st.integers(0, 400))
def test_an_extract_and_what_is_given_to_a_model_stay_within_their_tokens(
    texts: list[str], before: str, tokens: int
) -> None:
    turns = [Turn(job=uuid4(), number=n, question=text, answer=f"{text} [1]") for n, text in enumerate(texts)]
    assert estimate(extract(before, turns, tokens)) <= tokens
    assert sum(estimate(turn.question) + estimate(turn.answer) for turn in shortened(turns, tokens)) <= tokens
    assert estimate(held(f"{before} [7]", tokens)) <= tokens


def test_output_instructions_and_question_come_first_and_the_window_gets_a_quarter_of_the_rest() -> None:
    share, rest = budget(10_000, output=1_000, system=500, question="why", window_share=0.25)
    assert (share, rest) == (2_124, 6_375)
    assert budget(100, output=1_000, system=500, question="why", window_share=0.25) == (0, 0)


@FEW
@given(WORDS, WORDS, st.integers(12, 40))
@example(["profit"] * 5, ["profit"] * 6, 12)
def test_all_of_an_answer_is_remembered_in_pieces_that_fit(question: list[str], answer: list[str], size: int) -> None:
    turn = Turn(job=uuid4(), number=1, question=" ".join(question), answer=" ".join(answer))
    found = pieces(turn, count, window=size)
    assert all(count(each.text) <= size - 2 for each in found)
    assert [word for each in found for word in each.text[each.quotable :].split()] == answer
    assert len({each.text[: each.quotable] for each in found}) == 1


@FEW
@given(st.text(max_size=80), st.integers(0, 20))
def test_what_is_cut_is_a_beginning_that_fits(text: str, tokens: int) -> None:
    kept = fitted(text, len, tokens)
    assert text.startswith(kept)
    assert len(kept) <= tokens


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("Donaudampfschifffahrtsgesellschaftskapitän", 17),
        ("def f(x): return x ** 2  # square", 13),
        ("東京の人口は約1400万人です。", 14),
        ("🙂🙃🚀", 6),
        ("dGhpcyBpcyBiYXNlNjQgZW5jb2RlZCB0ZXh0", 24),
        ("3.14159265358979", 8),
    ],
)
def test_tokens_are_never_under_estimated(text: str, true: int) -> None:
    """`true` is what common byte-pair vocabularies make of it, at the most."""
    assert estimate(text) >= true


HISTORY = said("What was the revenue of Acme in Q3?", "It was 5 million.")


@pytest.mark.parametrize(
    "question",
    ["How does that compare to Q2?", "And the profit?", "Why?", "What did they do about it?", "Und der Gewinn?"],
)
def test_a_follow_up_takes_the_topic_of_the_conversation_with_it(question: str) -> None:
    rewritten = carried_over(question, HISTORY)
    assert rewritten is not None
    assert rewritten.startswith(question)
    assert "Acme" in rewritten


def test_a_question_that_stands_alone_is_left_alone() -> None:
    assert not leans("What is the population of Lyon in France?")
    assert carried_over("What is the population of Lyon in France?", HISTORY) is None
    assert carried_over("And the profit?", []) is None


def test_a_topic_is_looked_up_behind_follow_ups_that_had_none_themselves() -> None:
    history = [*HISTORY, *said("And the profit?", "2 million.")]
    rewritten = carried_over("How does that compare?", history)
    assert rewritten is not None
    assert {"profit", "Acme", "Q3"} <= set(rewritten.split())
