"""What changed, word by word, and why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parley_enhancer.domain.diff import diff, inserted
from parley_enhancer.domain.lexicon import LEXICONS
from parley_enhancer.domain.rationale import Reason, completed, located

texts = st.text(alphabet="ab \n.", max_size=60)


@given(before=texts, after=texts)
def test_the_kept_and_inserted_runs_make_up_the_new_text(before: str, after: str) -> None:
    changes = diff(before, after)
    assert "".join(each.text for each in changes if each.op != "delete") == after
    removed = "".join(each.text for each in changes if each.op != "insert")
    assert removed.split() == before.split()
    assert all(after[start:end].strip() for start, end in inserted(changes))


def test_a_diff_is_by_words_and_ignores_white_space() -> None:
    changes = diff("write a poem", "write  a short\npoem")
    assert [(each.op, each.text) for each in changes] == [
        ("equal", "write  a "),
        ("insert", "short\n"),
        ("equal", "poem"),
    ]


def test_reasons_for_spans_that_do_not_exist_are_dropped() -> None:
    text = "Write a poem. Write it for children."
    found = located(
        [
            Reason(quote="for children", element="audience", reason="who reads it"),
            Reason(quote="in the style of Goethe", element="tone", reason="invented"),
            Reason(quote="", element="goal", reason="empty"),
            Reason(quote="poem", element="nonsense", reason="kept under goal"),
            Reason(quote="Write", element="goal", reason=" "),
        ],
        text,
    )
    assert [(text[each.start : each.end], each.element) for each in found] == [
        ("poem", "goal"),
        ("for children", "audience"),
    ]


def test_the_same_words_quoted_twice_are_two_places() -> None:
    found = located([Reason(quote="a", reason="one"), Reason(quote="a", reason="two")] * 2, "a b a")
    assert [each.start for each in found] == [0, 4]


def test_a_changed_line_nobody_gave_a_reason_for_gets_a_plain_one() -> None:
    before, after = "write about tea", "write about tea\nUse a friendly tone.\nUse at most 100 words."
    given_reason = located([Reason(quote="friendly tone", element="tone", reason="warm")], after)
    found = completed(given_reason, diff(before, after), after, LEXICONS["en"])
    assert [(after[each.start : each.end], each.element) for each in found] == [
        ("friendly tone", "tone"),
        ("Use at most 100 words.", "format"),
    ]
