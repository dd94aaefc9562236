"""Which model turns texts into vectors, and in what portions."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from parley_common.llm.settings import ModelSettings


class EmbeddingSettings(ModelSettings):
    """Without `PARLEY_EMBEDDING_MODEL` the model in process; with it one behind the endpoint of `PARLEY_MODEL`.

    All but the threads and how nice they are, which is for the model in process, concern an endpoint; its price is in
    US dollars per million tokens.
    """

    embedding_model: str | None = Field(None, alias="PARLEY_EMBEDDING_MODEL", min_length=1)
    embedding_dimensions: int | None = Field(None, alias="PARLEY_EMBEDDING_DIMENSIONS", ge=1)
    embedding_window: int = Field(4096, alias="PARLEY_EMBEDDING_WINDOW", ge=16)
    embedding_price: float | None = Field(None, alias="PARLEY_EMBEDDING_PRICE", ge=0)
    embedding_request_texts: int = Field(256, alias="PARLEY_EMBEDDING_REQUEST_TEXTS", ge=1, le=2048)
    embedding_request_tokens: int = Field(100_000, alias="PARLEY_EMBEDDING_REQUEST_TOKENS", ge=1, le=300_000)
    embedding_threads: int = Field(2, alias="PARLEY_EMBEDDING_THREADS", ge=1)
    embedding_nice: int = Field(19, alias="PARLEY_EMBEDDING_NICE", ge=0, le=19)

    @model_validator(mode="after")
    def _has_an_endpoint(self) -> Self:
        # Falling back to the model in process would file new vectors apart from those already there.
        if self.embedding_model and not self.enabled:
            raise ValueError("PARLEY_EMBEDDING_MODEL needs OPENAI_API_KEY or OPENAI_BASE_URL")
        return self
