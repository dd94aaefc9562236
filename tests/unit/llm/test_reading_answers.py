"""The object is found in whatever a model wraps it in, and nothing else is ever taken for it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from parley_common.contracts.jobs import Usage
from parley_common.errors import PermanentError
from parley_common.llm.answer import Answer
from parley_common.llm.structured import Misfit, read, schema_name


class Tone(BaseModel):
    tone: str = "neutral"
    strength: int = 0


class Strict(BaseModel):
    tone: str
    strength: int


WANTED = '{"tone": "dry", "strength": 3}'


def answer(text: str, *, finish: str | None = "stop", refused: bool = False) -> Answer:
    return Answer(text, finish, "m", Usage(calls=1), refused=refused)


@pytest.mark.parametrize(
    "text",
    [
        WANTED,
        f"\n {WANTED} \n",
        f"```json\n{WANTED}\n```",
        f"```\n{WANTED}\n```",
        f"Sure! Here it is: {WANTED} Anything else?",
        f"With {{placeholders}} in mind: {WANTED}",
        f'A draft, {{"tone": "loud", "strength": 9}}, and the answer: {WANTED}',
        f'so the user wants {{"tone": …\n</think>\n{WANTED}',
    ],
)
def test_wrapping_does_not_hide_the_object(text: str) -> None:
    assert read(answer(text), Strict) == Strict(tone="dry", strength=3)


def test_code_fences_inside_a_string_do_not_cut_the_object() -> None:
    text = '```json\n{"tone": "```py\\n{\\"x\\": 1}\\n```", "strength": 1}\n```'
    assert read(answer(text), Strict).tone == '```py\n{"x": 1}\n```'


def test_an_object_that_fits_is_preferred_to_one_that_does_not() -> None:
    assert read(answer(f'{WANTED} as in {{"example": true}}'), Strict).tone == "dry"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("I would rather not say.", "no complete JSON object"),
        ('{"tone": "dry", "strength": 3,}', "no complete JSON object"),
        ('{"tone": "dry", "strength"', "no complete JSON object"),
        ("[" * 100_000, "no complete JSON object"),
        ('{"a":' * 100_000, "no complete JSON object"),
        ("[1, 2]", "the answer: Input should be an object"),
        ('{"tone": "dry"}', "strength: Field required"),
        ('{"tone": "dry", "strength": "very"}', "strength: Input should be a valid integer"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        read(answer(text), Strict)


def test_a_part_of_a_broken_object_is_never_taken_for_the_answer() -> None:
    with pytest.raises(Misfit):
        read(answer('{"outer": {"tone": "wrong"}, oops'), Tone)


def test_an_answer_that_was_cut_off_is_not_used_even_if_it_parses() -> None:
    with pytest.raises(Misfit, match="cut off"):
        read(answer(WANTED, finish="length"), Strict)


@pytest.mark.parametrize("refusal", [answer("No.", refused=True), answer("", finish="content_filter")])
def test_a_refusal_is_final(refusal: Answer) -> None:
    with pytest.raises(PermanentError) as raised:
        read(refusal, Strict)
    assert raised.value.code == "model_refused"


def test_many_errors_are_cut_short() -> None:
    class Wide(BaseModel):
        numbers: list[int]

    with pytest.raises(Misfit, match=r"and 40 more$"):
        read(answer('{"numbers": [' + ",".join(['"x"'] * 50) + "]}"), Wide)


def test_schema_names_hold_only_what_the_protocol_allows() -> None:
    assert schema_name(type("Pair[int, str]" + "x" * 80, (Tone,), {})) == "Pair_int__str_" + "x" * 50
