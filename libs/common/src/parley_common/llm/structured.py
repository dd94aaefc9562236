"""From an answer to a validated object: find the JSON, validate it, ask for one repair, else fail with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from parley_common.errors import PermanentError
from parley_common.llm.answer import Answer
from parley_common.llm.prompting import Message

T = TypeVar("T", bound=BaseModel)

_OBJECT = re.compile(r'\{(?=\s*["}])')
# An escaped NUL: no SQL database stores one in text, and no answer means anything by it.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_SHOWN_ERRORS = 10


class Misfit(Exception):
    """Why an answer is not the object that was asked for, in words fit for the model and for the user."""


async def structured(
    ask: Callable[[Sequence[Message]], Awaitable[Answer]], messages: Sequence[Message], schema: type[T]
) -> T:
    """Asks, and asks once more with what was wrong; raises `model_output_invalid` if that does not help."""
    answer = await ask(messages)
    try:
        return read(answer, schema)
    except Misfit as misfit:
        again = [*messages, *_repair(answer, misfit, schema)]
    answer = await ask(again)
    try:
        return read(answer, schema)
    except Misfit as misfit:
        raise PermanentError(
            f"The model's answer could not be used, not even after a correction: {misfit}.",
            code="model_output_invalid",
            status=502,
        ) from None


def read(answer: Answer, schema: type[T]) -> T:
    """The object in an answer, whatever it is wrapped in; raises `Misfit`."""
    answer.check_refusal()
    if answer.truncated:
        raise Misfit("it was cut off at the token limit")
    if not answer.text.strip():
        raise Misfit("it was empty")
    misfit = Misfit("it holds no complete JSON object")
    for candidate in _objects(answer.text):
        try:
            return schema.model_validate_json(_NUL.sub(r"\1", candidate))
        except ValidationError as error:
            misfit = Misfit(_explain(error))
    raise misfit


def schema_name(schema: type[BaseModel]) -> str:
    """The name a schema goes by on the wire, where only these characters are allowed."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]


def schema_instruction(schema: type[BaseModel]) -> str:
    """How structure is asked for where the protocol cannot: endpoints' JSON modes insist on the word JSON too."""
    shape = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return f"Answer with one JSON object and nothing else. It must match this JSON Schema:\n{shape}"


def _repair(answer: Answer, misfit: Misfit, schema: type[BaseModel]) -> list[Message]:
    said = [Message(role="assistant", content=answer.text)] if answer.text.strip() else []
    shorter = " Be briefer this time." if answer.truncated else ""
    correction = f"That answer cannot be used: {misfit}.{shorter} {schema_instruction(schema)}"
    return [*said, Message(role="user", content=correction)]


def _objects(text: str) -> Iterator[str]:
    """The whole text if it is JSON, else the JSON objects in it, last first, as models conclude with their answer."""
    try:
        from_json(text)
    except ValueError:
        # A chat template may hold the opening tag itself, so that only the closing one is in the answer.
        yield from reversed(_embedded(text.rpartition("</think>")[2]))
    else:
        yield text


def _embedded(text: str) -> list[str]:
    """The outermost objects. At the first one that is broken the search ends: what is inside it is not the answer."""
    decoder, found, position = json.JSONDecoder(), [], 0
    while start := _OBJECT.search(text, position):
        try:
            _, position = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            break
        found.append(text[start.start() : position])
    return found


def _explain(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in problems[:_SHOWN_ERRORS]]
    more = len(problems) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:40] for part in location) or "the answer"
