"""What the workflow needs from outside: someone who answers, something that finds, and somewhere to remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from pydantic import Field

from parley_chat.domain.passages import Numbered, Passage, Turn
from parley_chat.domain.window import Window
from parley_common.contracts.chat import ChatSource
from parley_common.contracts.jobs import Mode
from parley_common.contracts.model import Contract


class Asked(Contract):
    """All that an answer may build on. `vectors` are those of the question and, if there is one, of its rewrite.

    `found` are the texts of all passages that were found, kept or not: they tell rare words from common ones.
    """

    question: str
    rewritten: str | None = None
    window: Window = Window()
    passages: list[Numbered] = Field(default_factory=list)
    vectors: list[list[float]] = Field(default_factory=list)
    found: list[str] = Field(default_factory=list)


class Said(Contract):
    """An answer and what its markers stand for; `dropped` of them stood for nothing and are gone."""

    text: str
    found: bool
    sources: list[ChatSource] = Field(default_factory=list)
    dropped: int = 0
    uncited: int = 0


class Analyst(Protocol):
    """Understands questions and answers them from passages. `answer` takes the text as it appears, for who watches."""

    @property
    def mode(self) -> Mode: ...

    @property
    def model(self) -> str | None: ...

    async def rewrite(self, question: str, window: Window) -> str | None:
        """The question so that it can be understood alone; `None` if it can already."""

    async def answer(self, asked: Asked, write: Callable[[str], None]) -> Said:
        """The answer, each sentence with its source; what is in no passage is not said."""


class Library(Protocol):
    """Finds passages in a user's documents and earlier turns, and keeps the latter."""

    async def embed(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text; of one that is too long, for as much as the embedder takes."""

    async def documents(self, owner: str, queries: list[str], vectors: list[list[float]]) -> list[Passage]:
        """The best passages of the owner's documents for all queries together."""

    async def turns(
        self, owner: str, queries: list[str], vectors: list[list[float]], excluding: list[UUID]
    ) -> list[Passage]:
        """The best of what the owner and the answers to them said before, without the points in `excluding`."""

    def points_of(self, owner: str, conversation: UUID, turns: Sequence[Turn]) -> list[UUID]:
        """The ids under which these turns can be found. Pure."""

    async def remember(self, owner: str, conversation: UUID, turn: Turn) -> int:
        """Let a turn be found; how many points it became. Again is the same as once."""

    async def forget(self, owner: str, conversation: UUID) -> int:
        """Let nothing of a conversation be found; how many points are left, which must be none."""


class Turns(Protocol):
    """The turns of conversations in SQL; every read is for one owner."""

    async def before(self, owner: str, conversation: UUID, job: UUID, *, limit: int) -> list[Turn]:
        """The last `limit` turns that were asked before this job's, oldest first."""

    async def keep(self, owner: str, conversation: UUID, *, job: UUID, question: str, answer: str) -> Turn | None:
        """Store a turn once; `None` if the conversation has been forgotten meanwhile."""

    async def is_forgotten(self, owner: str, conversation: UUID) -> bool: ...

    async def forget(self, owner: str, conversation: UUID) -> int:
        """Delete a conversation and let none of its turns come back; how many there were."""
