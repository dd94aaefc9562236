"""What is read off the answer to a chat or an embeddings request: little, checked, and nothing else is relied on.

Endpoints that call themselves compatible leave out or add fields freely, so only what Parley uses is required.
https://platform.openai.com/docs/api-reference/chat and https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from array import array
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat


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


def _numbers(vector: object) -> object:
    """Endpoints send 32-bit floats in base64, as asked, or plain numbers."""
    return array("f", b64decode(vector, validate=True)).tolist() if isinstance(vector, str) else vector


class Embedding(_Wire):
    index: int
    embedding: Annotated[list[FiniteFloat], BeforeValidator(_numbers), Field(min_length=1)]


class TokensRead(Tokens):
    """An embedding writes nothing, and most endpoints do not say so."""

    completion_tokens: int | None = 0


class Embeddings(_Wire):
    id: str | None = None
    model: str | None = None
    data: list[Embedding]
    usage: TokensRead | None = None

    def in_order(self, count: int) -> list[list[float]]:
        """One vector for each of `count` texts; `ValueError` if they are not all there."""
        found = sorted(self.data, key=lambda each: each.index)
        if [each.index for each in found] != list(range(count)):
            raise ValueError("vectors are missing")
        return [each.embedding for each in found]
