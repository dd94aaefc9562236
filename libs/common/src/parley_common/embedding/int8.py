"""The large matrices in 8 bits: a quarter of the memory and twice the speed, for a cosine of 0.998 with float32."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import TensorProto

from parley_common.embedding.graph import DIMENSIONS, MICROSOFT, Array, Drawing

_LEVELS = 127
# Processors without VNNI add pairs of products in 16 bits: with more levels than these they would overflow.
_LEVELS_BY_CHANNEL = 63
# A token is divided by its largest value before it is rounded, in so many parts; by this if all are smaller.
_PARTS = 4
_LEAST = 1e-6


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

    def linear(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        return (self._by_token if len(matrix) > DIMENSIONS else self._smoothed)(drawing, name, matrix, bias, x)

    def _smoothed(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        moved = np.sqrt(self._largest[name] / np.abs(matrix).max(axis=1)).astype(np.float32)
        x = drawing.add("Mul", x, drawing.constant(f"{name}.moved", 1 / moved))
        return _product(drawing, name, matrix * moved[:, None], x, drawing.constant(f"{name}.bias", bias))

    def _by_token(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        """Behind the activation function any channel may be the large one, but in few tokens: each is scaled to 1.

        The operator has one scale for all of its input, so there is one for each quarter of the channels.
        """
        last = drawing.constant(f"{name}.last", np.array([-1]))
        largest = drawing.add("ReduceMax", x, last, keepdims=1)
        largest = drawing.add("Max", largest, drawing.constant(f"{name}.least", np.array(_LEAST, np.float32)))
        scaled = drawing.add("Div", x, largest)
        parts = drawing.split("Split", scaled, parts=_PARTS, axis=-1, num_outputs=_PARTS)
        products = [
            _product(drawing, f"{name}.{number}", rows, part)
            for number, (rows, part) in enumerate(zip(np.split(matrix, _PARTS), parts, strict=True))
        ]
        product = drawing.add("Mul", drawing.add("Sum", *products), largest)
        return drawing.add("Add", product, drawing.constant(f"{name}.bias", bias))


def _product(drawing: Drawing, name: str, matrix: Array, x: str, *bias: str) -> str:
    """`x @ matrix`, the matrix rounded by channel and `x` as a whole, while it is computed."""
    scales = np.abs(matrix).max(axis=0) / _LEVELS_BY_CHANNEL
    values = drawing.constant(name, np.round(matrix / scales).astype(np.int8))
    # The input between them, a zero point for each channel, is not needed: weights lie around zero.
    inputs = (x, values, drawing.constant(f"{name}.scales", scales), *(("", *bias) if bias else ()))
    return drawing.add("DynamicQuantizeMatMul", *inputs, domain=MICROSOFT)
