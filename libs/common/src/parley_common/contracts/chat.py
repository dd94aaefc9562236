"""What chat takes and gives: a question in, an answer whose every sentence names its source out."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from parley_common.contracts.jobs import Mode, Usage
from parley_common.contracts.model import Contract

SourceKind = Literal["document", "chat_history"]
Fate = Literal["kept", "below_gate", "duplicate", "over_quota"]


class ChatMessage(Contract):
    """One message of a conversation, as it was said."""

    role: Literal["user", "assistant"]
    content: Annotated[str, StringConstraints(max_length=100_000)]


class Chat(Contract):
    """A question in a conversation. Without a `conversation` nothing is remembered of it.

    `history` is the conversation so far when the client keeps it; `None` means what was stored of `conversation`.
    """

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
    conversation: UUID | None = None
    history: Annotated[list[ChatMessage], Field(max_length=200)] | None = None


class ChatSource(Contract):
    """What the marker `[n]` in an answer stands for; `quote` stands word for word in it.

    `start` and `end` are characters of a document's canonical text. An earlier turn has neither document nor offsets.
    """

    n: int
    type: SourceKind = "document"
    document_id: UUID | None = None
    conversation_id: UUID | None = None
    version: int | None = None
    filename: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None
    quote: str
    score: float


class Retrieved(Contract):
    """One passage that was found, and what became of it. `score` is its fused rank, `similarity` its cosine."""

    id: UUID
    type: SourceKind
    source: UUID
    title: str = ""
    ordinal: int
    tokens: int
    score: float
    similarity: float | None = None
    fate: Fate


class SideShare(Contract):
    """What one side of the quota could spend and spent, in tokens; `best` is its highest similarity."""

    quota: int
    tokens: int
    share: float
    best: float | None = None
    gate: float
    found: int = 0
    kept: int = 0


class ChatLedger(Contract):
    """Where the tokens of a context went, over-estimated so that nothing overflows.

    `window` is the conversation, `summary` what of that sums up its older turns.
    """

    queries: list[str] = Field(default_factory=list)
    window: int = 0
    summary: int = 0
    budget: int = 0
    documents: SideShare
    chat: SideShare
    passages: list[Retrieved] = Field(default_factory=list)


class Answered(Contract):
    """The result. `found` is false where nothing relevant was; `dropped_markers` named no source and were taken out.

    `uncited` counts the sentences without a source: greetings, say, or what the conversation said before. `left_out`
    are sentences that were written and taken out again, as no passage says them; `revised` means that the answer is
    not word for word what was streamed first. `rewritten` is the question as it was also searched.
    """

    answer: str
    found: bool
    sources: list[ChatSource] = Field(default_factory=list)
    conversation_id: UUID | None = None
    chat_context_used: bool = False
    rewritten: str | None = None
    ledger: ChatLedger
    dropped_markers: int = 0
    uncited: int = 0
    left_out: list[str] = Field(default_factory=list)
    revised: bool = False
    notes: list[str] = Field(default_factory=list)
    mode: Mode
    model: str | None = None
    usage: Usage = Field(default_factory=Usage)


class ForgetConversation(Contract):
    """Delete all that is stored of a conversation, its vectors too."""

    conversation: UUID


class ConversationForgotten(Contract):
    """Nothing is left: `vectors` was counted after deleting and is 0."""

    conversation: UUID
    turns: int
    vectors: int
