"""The test model's default answer is a valid instance of any schema it is given."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, HttpUrl, RootModel

from parley_common.testing.model_server.samples import echo, instance


class Colour(StrEnum):
    RED = "red"


class Leaf(BaseModel):
    kind: Literal["leaf"]
    size: Annotated[int, Field(ge=3, le=5)]


class Branch(BaseModel):
    kind: Literal["branch"]
    parts: Annotated[list[Leaf], Field(min_length=2)]


class Everything(BaseModel):
    text: Annotated[str, Field(min_length=40)]
    short: Annotated[str, Field(max_length=3)]
    share: Annotated[float, Field(gt=0, lt=1)]
    below: Annotated[int, Field(lt=-4)]
    above: Annotated[int, Field(gt=7)]
    tens: Annotated[int, Field(ge=15, multiple_of=10)]
    colour: Colour
    flag: bool
    maybe: str | None
    either: int | str
    pair: tuple[int, str]
    table: dict[str, int]
    id: UUID
    day: date
    moment: datetime
    link: HttpUrl
    tree: Annotated[Leaf | Branch, Field(discriminator="kind")]
    branch: Branch
    filled: str = "as it was"


class Numbers(RootModel[list[int]]):
    pass


@pytest.mark.parametrize("model", [Leaf, Branch, Everything, Numbers])
def test_an_instance_validates(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    assert model.model_validate(instance(schema)) == model.model_validate(instance(schema))


def test_an_echo_holds_every_value_word_for_word() -> None:
    text = echo('{"task": "say \\"hi\\"\\nto Ann", "facts": [1, 2]}')
    assert 'task: say "hi"\nto Ann' in text
    assert "facts: [1, 2]" in text


@pytest.mark.parametrize("message", ["plain words", "[1]", ""])
def test_what_is_not_an_object_is_echoed_whole(message: str) -> None:
    assert echo(message).endswith(message)
