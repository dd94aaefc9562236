"""The same model in plain numpy, one text at a time: what a built graph is held against.

Written from the description of BERT (https://arxiv.org/abs/1810.04805), not from the graph, so that no mistake of the
one is one of the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_HEADS = 12
_erf = np.vectorize(math.erf, otypes=[np.float32])


class Reference:
    """all-MiniLM-L6-v2 in float32: slow, exact, and short enough to be checked by reading.

    `largest` notes, for each linear layer, the largest absolute value seen so far in each channel of its input.
    """

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights = weights
        self.largest: dict[str, Array] = {}

    def vector(self, ids: Sequence[int]) -> Array:
        """The unit vector of one text, given with its special tokens."""
        names = ("word", "position", "token_type")
        word, position, kind = (self._weights[f"embeddings.{name}_embeddings.weight"] for name in names)
        x = self._norm("embeddings", word[list(ids)] + position[: len(ids)] + kind[0])
        for number in range(6):
            x = self._layer(f"encoder.layer.{number}", x)
        mean: Array = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, layer: str, x: Array) -> Array:
        attended = self._linear(f"{layer}.attention.output.dense", self._attention(f"{layer}.attention.self", x))
        x = self._norm(f"{layer}.attention.output", attended + x)
        wide = self._linear(f"{layer}.intermediate.dense", x)
        wide = wide * 0.5 * (1 + _erf(wide / math.sqrt(2)))
        return self._norm(f"{layer}.output", self._linear(f"{layer}.output.dense", wide) + x)

    def _attention(self, part: str, x: Array) -> Array:
        query, key, value = (self._heads(f"{part}.{name}", x) for name in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = shares / shares.sum(axis=-1, keepdims=True) @ value
        joined: Array = mixed.transpose(1, 0, 2).reshape(x.shape)
        return joined

    def _heads(self, part: str, x: Array) -> Array:
        return self._linear(part, x).reshape(len(x), _HEADS, -1).transpose(1, 0, 2)

    def _linear(self, part: str, x: Array) -> Array:
        self.largest[part] = np.maximum(self.largest.get(part, 0), np.abs(x).max(axis=0))
        return x @ self._weights[f"{part}.weight"].T + self._weights[f"{part}.bias"]

    def _norm(self, part: str, x: Array) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled: Array = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * self._weights[f"{part}.LayerNorm.weight"] + self._weights[f"{part}.LayerNorm.bias"]
