"""What was found and what was said, as the workflow hands them around."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from parley_chat.domain.citations import without_markers
from parley_common.contracts.chat import ChatMessage, SourceKind
from parley_common.contracts.model import Contract

STOPPED = " … (stopped here by the user)"


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
    """One question and its answer; `number` counts the turns of a conversation as they were stored.

    Where `stopped` the answer is what there was of it when its user had seen enough.
    """

    job: UUID
    number: int
    question: str
    answer: str
    stopped: bool = False


class Summary(Contract):
    """What was said in a conversation up to the turn of the job `upto`, in few words."""

    text: str
    upto: UUID


class Past(Contract):
    """A conversation so far: a summary of its beginning, and the turns behind that, oldest first."""

    summary: Summary | None = None
    turns: list[Turn] = Field(default_factory=list)


class Ended(Contract):
    """A job that answered `query` and has ended; `partial` is what there was of an answer that was stopped.

    One that is not `completed` may have stored its turn and not have let it be found.
    """

    job: UUID
    owner: str
    conversation: UUID
    query: str
    completed: bool
    partial: str


def messages_of(turns: Sequence[Turn]) -> list[ChatMessage]:
    """The messages of these turns, in order; their markers stood for passages that are not the ones of today."""
    return [
        message
        for turn in turns
        for message in (
            ChatMessage(role="user", content=turn.question),
            ChatMessage(role="assistant", content=without_markers(turn.answer) + STOPPED * turn.stopped),
        )
    ]


class Numbered(Contract):
    """A passage under the number by which an answer cites it."""

    n: int
    passage: Passage
