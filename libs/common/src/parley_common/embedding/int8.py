"""The large matrices in 8 bits: a quarter of the memory and twice the speed, for a cosine of 0.998 with float32."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import TensorProto

from parley_common.embedding.graph import DIMENSIONS, MICROSOFT, Array, Drawing

_LEVELS = 127
# Processors without VNNI add pairs of products in 16 bits: with more levels than these they would overflow.
_LEVELS_BY_CHANNEL = 63
_BLOCK = 64
# How finely the products of blocks are summed: 4 is int8, the fastest.
_IN_INT8 = 4


class Int8:
    """Weights by channel; what they are multiplied with is rounded as well, while it is computed.

    `largest` is the largest absolute value seen in each channel of each linear layer's input. A few channels of BERT
    are tens of times larger than the rest and would leave it one level or two, so that part of a channel's size is
    moved over to the weights, as in SmoothQuant (https://arxiv.org/abs/2211.10438, equation 4 with alpha = 0.5).
    """

    def __init__(self, largest: Mapping[str, Array]) -> None:
        self._largest = largest

    def rows(self, drawing: Drawing, name: str, table: Array, ids: str) -> str:
        scales = np.abs(table).max(axis=1, keepdims=True) / _LEVELS
        values = drawing.constant(name, np.round(table / scales).astype(np.int8))
        found = drawing.add("Cast", drawing.add("Gather", values, ids), to=TensorProto.FLOAT)
        return drawing.add("Mul", found, drawing.add("Gather", drawing.constant(f"{name}.scales", scales), ids))

    def product(self, drawing: Drawing, name: str, matrix: Array, x: str) -> str:
        # Behind the activation function any channel may be the large one: there each block has a scale of its own.
        return (self._by_block if len(matrix) > DIMENSIONS else self._by_channel)(drawing, name, matrix, x)

    def _by_channel(self, drawing: Drawing, name: str, matrix: Array, x: str) -> str:
        moved = np.sqrt(self._largest[name] / np.abs(matrix).max(axis=1)).astype(np.float32)
        x = drawing.add("Mul", x, drawing.constant(f"{name}.moved", 1 / moved))
        matrix = matrix * moved[:, None]
        scales = np.abs(matrix).max(axis=0) / _LEVELS_BY_CHANNEL
        values = drawing.constant(name, np.round(matrix / scales).astype(np.int8))
        return drawing.add(
            "DynamicQuantizeMatMul", x, values, drawing.constant(f"{name}.scales", scales), domain=MICROSOFT
        )

    def _by_block(self, drawing: Drawing, name: str, matrix: Array, x: str) -> str:
        blocks = matrix.T.reshape(matrix.shape[1], -1, _BLOCK)
        scales = np.abs(blocks).max(axis=2, keepdims=True) / _LEVELS
        # The operator takes its levels unsigned, with 128 for nothing.
        values = drawing.constant(name, (np.round(blocks / scales) + 128).astype(np.uint8))
        return drawing.add(
            "MatMulNBits",
            x,
            values,
            drawing.constant(f"{name}.scales", scales.squeeze(2)),
            domain=MICROSOFT,
            K=matrix.shape[0],
            N=matrix.shape[1],
            bits=8,
            block_size=_BLOCK,
            accuracy_level=_IN_INT8,
        )
