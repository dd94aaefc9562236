"""What must survive a rewrite, and what counts as having survived."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley_enhancer.domain.survival import lost

CODE = "```python\ndef f(x):\n    return  x + 1\n```"

KEPT = [
    ("write 1,000 words about tea", "Write an essay of 1000 words about tea."),
    ("write 1000 words about tea", "Write an essay of 1,000 words about tea."),
    ("eine Liste mit 1.500 Wörtern schreiben", "Schreibe eine Liste mit 1500 Wörtern."),
    ("schreibe über 2,5 km laufen", "Schreibe einen Text über das Laufen von 2.5 km."),
    ("give me three ideas for tea", "Give me 3 ideas for tea."),
    ("give me 3 ideas for tea", "List three ideas for tea."),
    ("a budget of 500€ for the trip", "Plan the trip with a budget of € 500."),
    ("a budget of 20 % for the ads", "Plan the ads with 20 percent of the budget."),
    ("make the text 5 km away", "Make the text say it is 5 kilometers away."),
    ("1. write a text\n2. make it short", "Write a text and make it short."),
    ("write a letter, no emojis", "Write a letter. Avoid emojis."),
    ("write a letter, don't mention the price", "Write a letter without mentioning the price."),
    ("write a letter. Never use slang", "Write a letter that is free of slang."),
    ("schreibe einen Brief, erwähne den Preis nicht", "Schreibe einen Brief. Verzichte darauf, den Preis zu nennen."),
    ("schreibe einen Text ohne Fachwörter", "Schreibe einen Text und vermeide Fachwörter."),
    ("écris une lettre sans jargon", "Rédige une lettre en évitant le jargon."),
    ("écris une lettre, ne parle pas du prix", "Rédige une lettre. N'évoque jamais le prix."),
    ("escribe una carta, no menciones el precio", "Escribe una carta y evita hablar del precio."),
    ("scrivi una lettera senza emoji", "Scrivi una lettera ed evita le emoji."),
    ("escreva uma carta sem gírias", "Escreva uma carta e evite gírias."),
    ("not only write a text but make it good", "Write a good text."),
    ("I don't know how to start, write an intro", "Write an introduction."),
    ("ask Anna Schmidt about Acme's plan", "Write to Anna Schmidt about the plan of Acme."),
    ("write about the iPhone at NASA", "Write an article on the iPhone and NASA."),
    ('say "hello world" in the text', "The text should say “hello world”."),
    ("greet {name} and <user>", "Write a greeting to {name} and <user>."),
    ("Schreibe eine Mail an Herrn Müller über den Vertrag", "Verfasse eine Mail an Herrn Müller zum Vertrag."),
    ("Schreibe ein Gedicht über den Frühling im Garten", "Verfasse ein Gedicht, das vom Lenz im Grünen handelt."),
    (f"fix this\n\n{CODE}", f"Fix the function below.\n\n{CODE}\n\nExplain it."),
    ("see https://example.org/a?b=c.", "Use https://example.org/a?b=c as a source."),
    ("Write to me on Monday", "Write to me on Monday, please."),
]

LOST = [
    ("write 200 words about tea", "Write 300 words about tea.", "200 words"),
    ("write 200 words about tea", "Write a short text about tea.", "200 words"),
    ("run 5 km", "Write a plan to run 5 miles.", "5 km"),
    ("a budget of 500€", "Plan with a budget of $500.", "500€"),
    ("it weighs 1.5 kg", "Write that it weighs 15 kg.", "1.5 kg"),
    ("give me three ideas", "Give me four ideas.", "three"),
    ("version 3.11.2 of it", "Use version 3.11 of it.", "3.11.2"),
    ("write a letter, no emojis", "Write a letter with emojis.", "no emojis"),
    ("write a letter, don't mention the price", "Write a letter and mention the price.", "don't mention the price"),
    ("schreibe einen Brief, erwähne den Preis nicht", "Schreibe einen Brief und erwähne den Preis.", "Preis nicht"),
    ("écris une lettre sans jargon", "Rédige une lettre avec du jargon.", "sans jargon"),
    ("escribe una carta, no menciones el precio", "Escribe una carta y menciona el precio.", "no menciones"),
    ("scrivi una lettera senza emoji", "Scrivi una lettera con emoji.", "senza emoji"),
    ("escreva uma carta sem gírias", "Escreva uma carta com gírias.", "sem gírias"),
    ("ask Anna Schmidt about it", "Ask Anna about it.", "Anna Schmidt"),
    ("write about the iPhone", "Write about the phone.", "iPhone"),
    ("Write a text for IKEA", "Write a text for a furniture shop.", "IKEA"),
    ("use GPT-4 and H2O", "Use a model and H2O.", "GPT-4"),
    ("mail @ada_l and bob@example.org", "Write to @ada_l.", "bob@example.org"),
    ('say "hello world"', "Say hello to the world.", '"hello world"'),
    ("greet {name} politely", "Greet the user politely.", "{name}"),
    ("greet {{ user.name }}", "Greet {{user}}.", "{{ user.name }}"),
    ("print %s and $HOME", "Print $HOME.", "%s"),
    ("fill in [your company]", "Fill in the company.", "[your company]"),
    ("close <div>", "Close the div.", "<div>"),
    ("run `rm -rf build`", "Run the build cleanup.", "`rm -rf build`"),
    ("see https://example.org/a", "See https://example.org/b", "https://example.org/a"),
    (f"fix this\n\n{CODE}", f"Fix this.\n\n{CODE.replace('  x', ' x')}", "return  x"),
    ("Schreibe eine Mail an Herrn Müller", "Schreibe eine Mail an Herrn Meier", "Müller"),
    ("schreibe einen brief an meine oma", "Write a letter to my grandmother.", "language: German"),
    ("write a letter to my grandmother", "Schreibe einen Brief an meine Großmutter.", "language: English"),
    ("напиши стих про осень", "Write a poem about autumn.", "language: Cyrillic"),
    ("schrijf een brief aan mijn oma over de vakantie", "Write a letter to my grandma.", "language: nl"),
]


@pytest.mark.parametrize(("original", "result"), KEPT)
def test_what_is_only_put_differently_is_not_lost(original: str, result: str) -> None:
    assert lost(original, result) == []


@pytest.mark.parametrize(("original", "result", "what"), LOST)
def test_what_is_dropped_or_changed_is_named(original: str, result: str, what: str) -> None:
    missing = lost(original, result)
    assert any(what in each for each in missing), missing


def test_an_identical_prompt_has_lost_nothing_however_odd_it_is() -> None:
    odd = 'Is 1.000,50 € > {x}? "No", said O\'Brien: `a`, $b, 50%… not 3rd-party!\n```\nunclosed'
    assert lost(odd, odd) == []


PARTS = ["write", "no", "not", "don't", "a", "tea,", "max.", "5", "{x}", "Anna", '"q"', "\n", "`c`", "-", "("]


@given(st.lists(st.sampled_from(PARTS), max_size=40).map(" ".join))
def test_a_text_never_misses_anything_of_itself(text: str) -> None:
    assert lost(text, text) == []


def test_a_long_list_of_losses_is_bounded() -> None:
    missing = lost(" ".join(f"{{name{number}}}" for number in range(500)) + ' "' + "x" * 390 + '"', "nothing")
    assert len(missing) == 50
    assert all(len(each) <= 300 for each in missing)
