"""An embedding model behind any endpoint that speaks OpenAI's embeddings, with key and address of the chat model."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from parley_common.embedding.settings import EmbeddingSettings
from parley_common.embedding.texts import batches, check_lengths, valid
from parley_common.errors import PermanentError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.settings import ModelSettings

# https://platform.openai.com/docs/guides/embeddings
_KNOWN = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_SHORTENS = "text-embedding-3-"
_SPECIAL = 2
_PIECE = re.compile(r"[A-Za-z][a-z]{0,2}|[!-@\[-`{-~]|\s{2,}|\n")


class WrongDimensions(PermanentError):
    """Vectors of another length than the index is made for, or of a length that nobody told yet."""

    code = "embedding_dimensions"


class HostedEmbedder:
    """Calls are metered, and fail, like those of a chat model; nothing is retried here."""

    def __init__(self, model: str, settings: EmbeddingSettings) -> None:
        self._settings = settings
        self._client = OpenAIModel(_as_model(model, settings))
        self._dimensions = settings.embedding_dimensions or _KNOWN.get(model)

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9.]+", "-", self._client.name.lower()).strip("-")

    @property
    def window(self) -> int:
        return self._settings.embedding_window

    @property
    def dimensions(self) -> int:
        """As set, as known of the model, or as the first answer had it."""
        if self._dimensions is None:
            raise WrongDimensions(f"PARLEY_EMBEDDING_DIMENSIONS must say how long the vectors of {self.name} are.")
        return self._dimensions

    def count(self, text: str) -> int:
        """An estimate that errs upwards, as the model's own tokenizer is not at hand.

        Three letters of a word, each digit, sign and run of white space count one; of other scripts, a character counts
        one less than its bytes in UTF-8. Prose, code and tables have fewer tokens than that; only random letters can
        have more, up to twice as many, so the window is set to half of what models take.
        """
        beyond_ascii = 0 if text.isascii() else len(valid(text).encode()) - len(text)
        return len(_PIECE.findall(text)) + beyond_ascii

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        sizes = [self.count(text) + _SPECIAL for text in texts]
        check_lengths(sizes, self.window)
        limits = self._settings
        vectors: list[list[float]] = []
        for batch in batches(sizes, tokens=limits.embedding_request_tokens, texts=limits.embedding_request_texts):
            # The protocol refuses an empty text.
            asked = [valid(texts[index]) or " " for index in batch]
            vectors += map(self._unit, await self._client.embed(asked, dimensions=self._wish()))
        return vectors

    async def close(self) -> None:
        await self._client.close()

    def _wish(self) -> int | None:
        """Only these models can shorten their vectors; others refuse to be told."""
        return self._settings.embedding_dimensions if self._client.name.startswith(_SHORTENS) else None

    def _unit(self, vector: Sequence[float]) -> list[float]:
        self._dimensions = self._dimensions or len(vector)
        if len(vector) != self._dimensions:
            raise WrongDimensions(f"{self.name} gave a vector of {len(vector)} numbers instead of {self._dimensions}.")
        length = math.hypot(*vector)
        if not length:
            raise WrongDimensions(f"{self.name} gave a vector of zeros.")
        return [number / length for number in vector]


def _as_model(model: str, settings: EmbeddingSettings) -> ModelSettings:
    """The endpoint of the chat model, asked for the embedding model at its price; what it reads is all that costs."""
    price = settings.embedding_price
    prices = {"price_in": price, "price_out": None if price is None else 0.0}
    return settings.model_copy(update={"model": model, "temperature": None, **prices})
