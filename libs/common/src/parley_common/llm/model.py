"""The port every workflow sees: a chat model that completes, streams, and fills in a pydantic model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from pydantic import BaseModel

from parley_common.contracts.jobs import Usage
from parley_common.contracts.model import Contract
from parley_common.llm.prompting import Message

T = TypeVar("T", bound=BaseModel)


class Reply(Contract):
    """A whole, usable answer: never empty, never cut off. `model` is the one that answered, as it names itself."""

    text: str
    model: str
    usage: Usage


class ReplyStream(Protocol):
    """The deltas of one answer; their concatenation is `reply.text`."""

    def __aiter__(self) -> AsyncIterator[str]: ...

    @property
    def reply(self) -> Reply:
        """The final answer, once the deltas are exhausted."""


class Model(Protocol):
    """A chat model.

    Nothing is retried here: that is the step's business. Every failure is a `RetryableError` (`model_rate_limited`,
    `model_unavailable`, `model_timeout`, `model_output_empty`) or a `PermanentError` (`model_auth`,
    `model_not_found`, `model_rejected`, `model_quota_exceeded`, `model_context_exceeded`, `model_refused`,
    `model_unreadable`, `model_output_truncated`, `model_output_invalid`), none of which quotes the prompt or the key.
    Each call asks the current `meter()` first and charges it afterwards.
    """

    @property
    def name(self) -> str:
        """The model as configured, for results and snapshots."""

    async def complete(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> Reply:
        """The whole answer at once."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None
    ) -> AbstractAsyncContextManager[ReplyStream]:
        """The answer as it is written; leaving the context closes the connection and so stops the model."""

    async def structured(self, messages: Sequence[Message], schema: type[T], *, max_tokens: int | None = None) -> T:
        """An answer that fits `schema`, validated; repaired at most once."""
