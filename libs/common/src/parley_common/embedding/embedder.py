"""The port that indexing and search share, and the way from settings to what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from parley_common.embedding.local import LocalEmbedder
from parley_common.embedding.settings import EmbeddingSettings
from parley_common.embedding.texts import TextTooLong

__all__ = ["Embedder", "EmbeddingSettings", "TextTooLong", "open_embedder"]


class Embedder(Protocol):
    """Texts to unit vectors, of which the cosine is the nearness of meaning.

    `name` stands for model and quantisation: vectors of different names must not meet in one index. `window` is the
    most tokens of one text, special ones included.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def window(self) -> int: ...

    def count(self, text: str) -> int:
        """Tokens of a text without the two special ones; nothing is cut."""

    async def embed(self, texts: Sequence[str], *, background: bool = False) -> list[list[float]]:
        """One vector a text, in the order given; `TextTooLong` if one has `count` above `window - 2`.

        With `background` nobody waits for the answer just now: where processors are short, all else goes before it.
        """

    async def close(self) -> None: ...


def open_embedder(settings: EmbeddingSettings) -> Embedder:
    """The configured embedder, to be closed at the end; quick, as models and connections open on first use."""
    if settings.embedding_model is None:
        return LocalEmbedder(settings)
    # Loading the SDK takes seconds on a small machine; the model in process need not wait for it.
    from parley_common.embedding.hosted import HostedEmbedder

    return HostedEmbedder(settings.embedding_model, settings)
