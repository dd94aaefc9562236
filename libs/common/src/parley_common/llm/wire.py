"""What is read off a chat-completions response: little, checked, and nothing else is relied on.

Endpoints that call themselves compatible leave out or add fields freely, so only what Parley uses is required.
https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _without_nul(text: str) -> str:
    """No SQL database stores NUL in text, and no answer means anything by it."""
    return text.replace("\x00", "")


Text = Annotated[str, AfterValidator(_without_nul)]


class _Wire(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Tokens(_Wire):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Content(_Wire):
    content: Text | None = None
    refusal: str | None = None


class Choice(_Wire):
    message: Content
    finish_reason: str | None = None


class Completion(_Wire):
    id: str | None = None
    model: str | None = None
    choices: Annotated[list[Choice], Field(min_length=1)]
    usage: Tokens | None = None


class ChunkChoice(_Wire):
    delta: Content
    finish_reason: str | None = None


class Chunk(_Wire):
    """`choices` is empty in the last chunk of a stream that reports usage."""

    id: str | None = None
    model: str | None = None
    choices: list[ChunkChoice]
    usage: Tokens | None = None
