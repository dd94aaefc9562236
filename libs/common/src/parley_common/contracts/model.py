"""The base of every contract."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T", bound=BaseModel)


class Contract(BaseModel):
    """A frozen message part; unknown fields are ignored, so an optional field can be added without a new version."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")


def part_of(whole: BaseModel, part: type[T]) -> T:
    """The fields of `whole` that make up a `part`: what a request says of its work, and what of its options."""
    return part.model_validate(whole.model_dump(include=set(part.model_fields)))
