"""What the workflow needs from outside: someone who writes, and someone who looks things up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pydantic import Field

from parley_common.contracts.enhance import Element, Enhance, Rationale
from parley_common.contracts.events import Source
from parley_common.contracts.jobs import Mode
from parley_common.contracts.model import Contract


class Question(Contract):
    """The one question to the author, in the language of the prompt; `options` are quick choices, not the only ones."""

    element: Element
    text: str
    options: list[str] = Field(default_factory=list)


class Gaps(Contract):
    """What a prompt lacks. `missing` empty means that it needs nothing; `queries` are worth a web search."""

    language: str | None = None
    missing: list[Element] = Field(default_factory=list)
    question: Question | None = None
    queries: list[str] = Field(default_factory=list)


class Draft(Contract):
    """All that a rewrite may build on. `answer` is about `element`; both are `None` if there is no answer."""

    task: str
    prompt: str
    language: str | None
    missing: list[Element] = Field(default_factory=list)
    element: Element | None = None
    question: str | None = None
    answer: str | None = None
    sources: list[Source] = Field(default_factory=list)


class Written(Contract):
    """A new prompt, why its passages are there, and which of the sources it uses."""

    text: str
    rationale: list[Rationale] = Field(default_factory=list)
    used: list[Source] = Field(default_factory=list)


class Flaws(Contract):
    """What is wrong with a new prompt: words of the author that it lost, or that it is not a prompt at all."""

    lost: list[str] = Field(default_factory=list)
    answers: bool = False


class Writer(Protocol):
    """Finds what is missing and rewrites. `write` takes the text as it appears, for whoever watches."""

    @property
    def mode(self) -> Mode: ...

    @property
    def model(self) -> str | None: ...

    async def find_gaps(self, request: Enhance) -> Gaps:
        """What the prompt lacks, and the question worth asking, if any."""

    async def rewrite(self, draft: Draft, write: Callable[[str], None]) -> Written:
        """The new prompt; of the author's own words none may be lost, and none may be answered."""

    async def repair(self, draft: Draft, written: Written, flaws: Flaws, write: Callable[[str], None]) -> Written:
        """The new prompt once more, without its flaws."""


class Search(Protocol):
    """Looks something up on the web.

    Fails with codes that start with `search_`: `RetryableError` if another try may help, `PermanentError` if not.
    """

    async def find(self, queries: list[str]) -> list[Source]:
        """A few distinct results as plain text, numbered from 1 in `id`; what they say is not to be trusted."""
