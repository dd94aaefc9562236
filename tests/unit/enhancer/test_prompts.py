"""What is seen in prompts as people write them, and what becomes of each without a model."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from parley_common.contracts.enhance import Enhance
from parley_enhancer.adapters.offline import OfflineWriter
from parley_enhancer.domain.elements import checklist, kind
from parley_enhancer.domain.language import detect
from parley_enhancer.domain.lexicon import LEXICONS, lexicon
from parley_enhancer.domain.prompthood import is_prompt
from parley_enhancer.domain.survival import lost
from parley_enhancer.ports import Draft

PROMPTS = tomllib.loads((Path(__file__).parent / "prompts.toml").read_text())["prompts"]
each_prompt = pytest.mark.parametrize("case", PROMPTS, ids=lambda case: case["text"][:50])
Case = dict[str, str]


@each_prompt
def test_the_language_of_a_prompt_is_recognised_or_left_open(case: Case) -> None:
    assert (detect(case["text"]) or "") == case["language"]


@each_prompt
def test_the_kind_of_work_is_recognised_where_the_language_is_spoken(case: Case) -> None:
    words = lexicon(detect(case["text"]))
    assert (kind(case["text"], words) if words else "") == case["kind"]


@each_prompt
async def test_the_author_is_asked_for_the_most_valuable_missing_part_in_their_language(case: Case) -> None:
    question = (await OfflineWriter().find_gaps(Enhance(lazy_prompt=case["text"]))).question
    assert (question.element if question else "") == case["ask"]
    if question:
        assert len(question.text) <= 200
        assert detect(question.text) == case["language"]


@each_prompt
async def test_restructured_without_a_model_a_prompt_loses_nothing_and_stays_a_prompt(case: Case) -> None:
    result = await _offline(case["text"])
    assert lost(case["text"], result) == []
    assert is_prompt(result, case["text"])
    assert detect(result) == detect(case["text"])


@each_prompt
async def test_what_was_stated_before_is_stated_after(case: Case) -> None:
    for check in checklist(case["text"], await _offline(case["text"]), lexicon(detect(case["text"]))):
        assert check.after or not check.before, check.element


@pytest.mark.parametrize("code", sorted(LEXICONS))
def test_every_language_has_the_same_headings_questions_and_sentences(code: str) -> None:
    words, english = LEXICONS[code], LEXICONS["en"]
    assert words.headings.keys() == english.headings.keys()
    assert words.asks.keys() == english.asks.keys()
    assert words.sentences.keys() == english.sentences.keys()
    assert words.roles.keys() == english.roles.keys()
    assert words.formats.keys() == english.formats.keys()
    assert words.kinds.keys() == english.kinds.keys()
    assert words.cues.keys() == english.cues.keys()


@pytest.mark.parametrize("code", sorted(LEXICONS))
def test_what_the_enhancer_says_is_in_the_language_it_says_it_in(code: str) -> None:
    words = LEXICONS[code]
    said = [*words.sentences.values(), *words.roles.values(), *words.formats.values()]
    for sentence in [*said, *(ask.question for ask in words.asks.values())]:
        assert detect(sentence) == code, sentence


async def _offline(text: str) -> str:
    draft = Draft(task="", prompt=text, language=detect(text))
    return (await OfflineWriter().rewrite(draft, lambda _: None)).text
