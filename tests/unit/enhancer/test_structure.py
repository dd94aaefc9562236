"""Restructuring without a model: the author's words, all of them, verbatim, in order within each sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley_common.contracts.enhance import Element
from parley_enhancer.domain.elements import present
from parley_enhancer.domain.language import detect
from parley_enhancer.domain.lexicon import ELEMENTS, LEXICONS
from parley_enhancer.domain.segments import pieces
from parley_enhancer.domain.structure import restructure

SENTENCES = [
    "write a post about tea, keep it short, no emojis",
    "It should rhyme.",
    "You are a chef.",
    "I run a shop in Köln (est. 1999, ca. 3 people); it's fine.",
    "Don't mention {price}, e.g. 5.50 €!",
    'Say "hello. world" twice?',
    "For my boss, e.g. Dr. Smith.",
    "- first\n- second",
    "```python\nprint('a. b')\n\n# c, d\n```",
    "schreib vom 3. bis 14. August, bitte kurz",
    "Keep it friendly, max 50 words",
    "Example: a, b; c",
    "whatever … comes: next",
    "fasse das zusammen:",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).flatmap(
        lambda chosen: st.lists(st.sampled_from([" ", "\n", "\n\n"]), min_size=len(chosen), max_size=len(chosen)).map(
            lambda gaps: "".join(a + b for a, b in zip(chosen, gaps, strict=True)).strip()
        )
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=200),
).filter(lambda text: bool(text.strip()))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, code=st.sampled_from([*LEXICONS, None]), answer=st.sampled_from([None, "for my mother"]))
def test_every_word_of_the_author_survives(text: str, code: str | None, answer: str | None) -> None:
    words = LEXICONS.get(code or "")
    result = restructure(text, words, element="audience" if answer else None, answer=answer).text
    for sentence in pieces(text, words) if words else []:
        assert sentence.text in result
    assert answer is None or answer in result
    assert _subset(_marks(text), _marks(result))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, code=st.sampled_from(list(LEXICONS)))
def test_within_a_sentence_the_order_stays(text: str, code: str) -> None:
    result = _marks(restructure(text, LEXICONS[code]).text)
    for line in re.split(r"(?<=[.!?])\s+|\n", text):
        assert _in_order(_marks(line), result), line


def test_clauses_that_stand_alone_go_where_they_belong() -> None:
    text = restructure("write a post about tea for parents, keep it short, no emojis", LEXICONS["en"]).text
    assert "## Goal\nwrite a post about tea for parents\n" in text
    assert "## Constraints\nkeep it short\nno emojis\n" in text


def test_a_condition_is_not_torn_from_what_it_is_a_condition_of() -> None:
    text = restructure("If he is angry, don't refund, write a polite reply.", LEXICONS["en"]).text
    assert "If he is angry, don't refund, write a polite reply." in text


def test_code_and_the_text_to_work_on_stay_whole() -> None:
    code = "```python\ndef f(x):\n\n    return x  # don't\n```"
    text = restructure(f"fix this function:\n{code}\nIt should handle None. Don't rename it.", LEXICONS["en"]).text
    assert f"## Material\n{code}\n" in text
    assert "## Constraints\nIt should handle None.\nDon't rename it.\n" in text
    article = "The firm lost 4 million. Do not panic. Write to Anna."
    assert f"## Material\n{article}\n" in restructure(f"Summarise this\n\n{article}", LEXICONS["en"]).text


def test_a_german_date_is_no_end_of_a_sentence() -> None:
    text = restructure("schreib eine mail wegen urlaub vom 3. bis 14. August, nicht zu lang", LEXICONS["de"]).text
    assert "## Ziel\nschreib eine mail wegen urlaub vom 3. bis 14. August\n" in text


def test_a_report_that_holds_a_negation_is_no_rule() -> None:
    text = restructure("Help me write to the shop. The parcel was never there. Max. 80 words.", LEXICONS["en"]).text
    assert "## Context\nThe parcel was never there.\n" in text
    assert "## Format\nMax. 80 words.\n" in text


def test_a_prompt_that_has_sections_keeps_them_and_gets_what_is_missing() -> None:
    own = "Goal: write a toast for Ada\nTone: funny\nAudience: friends"
    text = restructure(own, LEXICONS["en"]).text
    assert text.startswith(own)
    assert "## Format" in text
    assert "## Tone" not in text


def test_the_task_gives_the_context_unless_it_only_says_to_improve_a_prompt() -> None:
    assert (
        "## Context\nletters to customers" in restructure("be brief", LEXICONS["en"], task="letters to customers").text
    )
    assert "ChatGPT" not in restructure("write a toast", LEXICONS["en"], task="improve this prompt for ChatGPT").text


def test_in_an_unknown_language_no_word_is_added_but_the_answer() -> None:
    assert restructure("schrijf iets", None).text == "schrijf iets"
    assert restructure("schrijf iets", None, element="tone", answer="vrolijk").text == "schrijf iets\n\nvrolijk"


@pytest.mark.parametrize("code", sorted(LEXICONS))
@pytest.mark.parametrize("element", [each for each in ELEMENTS if each not in ("role", "goal")])
def test_an_answer_is_woven_in_so_that_its_element_counts_as_stated(code: str, element: Element) -> None:
    words = LEXICONS[code]
    request = {"en": "write", "de": "schreibe", "fr": "écris", "es": "escribe", "it": "scrivi", "pt": "escreva"}[code]
    document = restructure(f"{request} xyz", words, element=element, answer="abc")
    assert f"## {words.headings[element]}\nabc" in document.text
    assert element in present(document.text, words)


def test_saying_that_something_is_not_stated_does_not_state_it() -> None:
    text = restructure("write a text about tea", LEXICONS["en"]).text
    assert "Not stated: audience, tone." in text
    assert present(text, LEXICONS["en"]) == {"role", "goal", "format"}


def test_reasons_point_at_what_was_added() -> None:
    document = restructure("write about tea", LEXICONS["en"], element="audience", answer="tea lovers")
    spans = {document.text[each.start : each.end]: each.element for each in document.rationale}
    assert spans["tea lovers"] == "audience"
    assert spans["Act as an experienced writer and editor."] == "role"
    assert all(span in document.text and span for span in spans)


def test_the_result_says_the_same_every_time() -> None:
    text = "write a text about tea. no milk. for my friends"
    assert restructure(text, LEXICONS["en"]).text == restructure(text, LEXICONS["en"]).text
    assert detect(text) == "en"


def _marks(text: str) -> list[str]:
    """Words and signs; the comma or dash where a clause was cut off gave way to the end of a line."""
    return re.findall(r"\w+|[^\w\s,;–—-]", text)


def _subset(part: list[str], whole: list[str]) -> bool:
    return all(whole.count(each) >= part.count(each) for each in set(part))


def _in_order(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(each in rest for each in part)
