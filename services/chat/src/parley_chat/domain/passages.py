"""What was found and what was said, as the workflow hands them around."""

from __future__ import annotations

from uuid import UUID

from parley_common.contracts.chat import ChatMessage, SourceKind
from parley_common.contracts.model import Contract


class Passage(Contract):
    """A piece of a document or of an earlier turn. `text` stands in its source from character `start` on.

    `score` is its fused rank, the best one highest; `similarity` the cosine to the question, `None` if too far away.
    `heading` is the path of headings over it.
    Only the first `quotable` characters may be quoted by someone who cannot read: of a turn, what its user said.
    """

    id: UUID
    kind: SourceKind
    source: UUID
    version: int
    ordinal: int
    text: str
    title: str = ""
    heading: str = ""
    page: int | None = None
    start: int = 0
    quotable: int | None = None
    score: float
    similarity: float | None = None


class Turn(Contract):
    """One question and its answer; `number` counts the turns of a conversation as they were stored."""

    job: UUID
    number: int
    question: str
    answer: str


def messages_of(turns: list[Turn]) -> list[ChatMessage]:
    """The messages of these turns, in order."""
    return [
        message
        for turn in turns
        for message in (
            ChatMessage(role="user", content=turn.question),
            ChatMessage(role="assistant", content=turn.answer),
        )
    ]


class Numbered(Contract):
    """A passage under the number by which an answer cites it."""

    n: int
    passage: Passage
