"""What the enhancer takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from parley_common.contracts.events import Source
from parley_common.contracts.jobs import Mode, Usage
from parley_common.contracts.model import Contract

Element = Literal["role", "goal", "audience", "tone", "format", "constraints", "examples"]


class Enhance(Contract):
    """A lazy prompt, and the task it is meant for."""

    task: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    lazy_prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    use_web_search: bool = False


class Rationale(Contract):
    """Why one span of the new prompt is there; `start` and `end` are character offsets into `result`."""

    element: str
    start: int
    end: int
    reason: str


class Change(Contract):
    """One run of the word diff between the old and the new prompt."""

    op: Literal["equal", "insert", "delete"]
    text: str


class Check(Contract):
    """Whether an element of a good prompt was there before, and is there now."""

    element: Element
    before: bool
    after: bool


class Exchange(Contract):
    """The question that was asked and what came of it."""

    question_id: UUID
    question: str
    element: str | None = None
    answer: str | None = None
    outcome: Literal["answered", "declined", "defaulted"]


class Enhanced(Contract):
    """The result of an enhancement; `lost` lists what the rewrite could not keep of the author's own words."""

    result: str
    changed: bool
    summary: str
    rationale: list[Rationale] = Field(default_factory=list)
    diff: list[Change] = Field(default_factory=list)
    checklist: list[Check] = Field(default_factory=list)
    question: Exchange | None = None
    sources: list[Source] = Field(default_factory=list)
    lost: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    mode: Mode
    model: str | None = None
    usage: Usage = Field(default_factory=Usage)
