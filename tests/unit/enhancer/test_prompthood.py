"""Telling a prompt from its answer, and a prompt from its wrapping."""

from __future__ import annotations

import pytest

from parley_enhancer.domain.prompthood import is_prompt, unwrapped

PROMPTS = [
    ("write a poem about cats", "Write a twelve-line poem about cats for children."),
    ("write a poem about cats", "You are a poet. The poem should be about cats."),
    ("write a poem about cats", "## Goal\nA poem about cats\n\n## Tone\nplayful"),
    ("write a poem about cats", "Goal: a poem about cats\nTone: playful"),
    ("What is the capital of France?", "What is the capital of France? Answer in one word."),
    ("schreib ein gedicht über katzen", "Verfasse ein kurzes Gedicht über Katzen."),
    ("explique la photosynthèse", "Explique la photosynthèse à des enfants de 8 ans."),
    ("cover letter for a nurse", "Cover letter for a nurse with ten years in a hospital, formal, one page"),
    ("fix this\n```\na\n```", "Fix the code below and explain the change.\n```\na\n```"),
    ("schrijf een gedicht over katten", "Schrijf een kort gedicht over katten voor kinderen."),
    ("please help me plan a trip to Rome", "Please create a plan for a trip to Rome."),
]
ANSWERS = [
    ("write a poem about cats", "Soft paws upon the moonlit floor,\nA whisper at the kitchen door."),
    ("write a poem about cats", ""),
    ("write a poem about cats", "I'm sorry, but I can't help with that."),
    ("What is the capital of France?", "The capital of France is Paris."),
    ("What is the capital of France?", "Paris."),
    (
        "write an email to my boss about vacation",
        "Subject: Vacation\n\nDear Ms Smith,\nI would like to take a week off.",
    ),
    ("schreib eine mail an meinen chef", "Sehr geehrte Frau Schmidt,\nich möchte Urlaub nehmen."),
    ("schreib ein gedicht über katzen", "Leise Pfoten in der Nacht,\nder Mond hat sie hierher gebracht."),
    ("translate to French: good morning", "Bonjour."),
    ("write a python function that adds numbers", "```python\ndef add(a, b):\n    return a + b\n```"),
    (
        "write a python function that adds numbers",
        "This adds them:\n```python\ndef add(a, b):\n    return a + b\n```\nUse it well.",
    ),
    ("tell me a joke", "A horse walks into a bar."),
    ("escribe un poema", "Lo siento, no puedo ayudar con eso."),
    ("schrijf een gedicht over katten", "Zachte pootjes in het maanlicht."),
]


@pytest.mark.parametrize(("original", "text"), PROMPTS)
def test_a_prompt_is_taken_for_one(original: str, text: str) -> None:
    assert is_prompt(text, original)


@pytest.mark.parametrize(("original", "text"), ANSWERS)
def test_an_answer_is_not_taken_for_a_prompt(original: str, text: str) -> None:
    assert not is_prompt(text, original)


@pytest.mark.parametrize(
    "wrapped",
    [
        "```\nWrite a poem.\n```",
        "```text\nWrite a poem.\n```",
        "Sure! Here is the improved prompt:\n\nWrite a poem.",
        "Here's your prompt:\n```\nWrite a poem.\n```",
        "**Improved prompt:**\n\nWrite a poem.",
        '"Write a poem."',
        "Gerne, hier ist er:\nWrite a poem.",
        "  Write a poem.\n",
    ],
)
def test_wrapping_is_taken_off(wrapped: str) -> None:
    assert unwrapped(wrapped, "write poem") == "Write a poem."


def test_what_the_author_wrapped_stays_wrapped() -> None:
    assert unwrapped("```\ncode\n```", "```\ncode\n```") == "```\ncode\n```"
    assert unwrapped('"Hi", he said', '"Hi", he said') == '"Hi", he said'
    assert unwrapped("Here is my plan:\nimprove it", "Here is my plan:\nimprove it") == "Here is my plan:\nimprove it"
