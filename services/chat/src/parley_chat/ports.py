"""What the workflow needs from outside: someone who answers, something that finds, and somewhere to remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from pydantic import Field

from parley_chat.domain.passages import Ended, Numbered, Passage, Past, Summary, Turn
from parley_chat.domain.sentences import Span
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
    """An answer and what its markers stand for; `dropped` of them stood for nothing and are gone.

    `bare` are the sentences without a source that nobody has looked at, `uncited` counts all without one. `left_out`
    are those that were taken out; `revised` says that the text is not what was written at first.
    """

    text: str
    found: bool
    sources: list[ChatSource] = Field(default_factory=list)
    dropped: int = 0
    bare: list[Span] = Field(default_factory=list)
    uncited: int = 0
    left_out: list[str] = Field(default_factory=list)
    revised: bool = False


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

    async def cite(self, asked: Asked, said: Said) -> Said:
        """The answer with a source for its bare sentences, and without those that make a claim nothing supports."""

    async def summarise(self, before: str, turns: list[Turn], tokens: int) -> str:
        """These turns and the summary `before` of what came before them, in at most so many tokens."""


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

    async def begin(self, owner: str, conversation: UUID, job: UUID, *, limit: int) -> Past:
        """Note that this job answers here; what was said before it, of that behind the summary the last `limit` turns.

        A turn that was stopped is among them as soon as it has ended.
        """

    async def keep(self, owner: str, conversation: UUID, *, job: UUID, question: str, answer: str) -> Turn | None:
        """Store a turn once; `None` if the conversation has been forgotten meanwhile."""

    async def left_by(self, ended: Ended) -> Turn | None:
        """The turn of a job: the one it stored, or what there was of an answer that was stopped; `None` if nothing."""

    async def keep_summary(self, owner: str, conversation: UUID, made: Summary) -> None:
        """Store it unless there is one that goes farther, or the conversation has been forgotten meanwhile."""

    async def is_forgotten(self, owner: str, conversation: UUID) -> bool: ...

    async def forget(self, owner: str, conversation: UUID) -> int:
        """Delete a conversation and let none of its turns come back; how many there were."""

    async def ended(self, *, limit: int) -> Sequence[Ended]:
        """Jobs whose end nobody has seen to, of all owners."""

    async def settle(self, ended: Ended) -> None:
        """It was seen to; of one whose conversation was deleted meanwhile the journal goes, too."""
