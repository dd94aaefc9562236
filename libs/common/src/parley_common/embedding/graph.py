"""BERT as an ONNX graph, made from the weights alone: the token ids of one text in, its unit vector out.

One text at a time needs neither padding nor a mask. Operators of the domain `com.microsoft` are ONNX Runtime's own and
compute whole parts of a layer at once: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from parley_common.embedding.session import IDS, VECTOR

Array = NDArray[np.float32]
Weights = Mapping[str, Array]

LAYERS, HEADS, DIMENSIONS, WINDOW = 6, 12, 384, 256
MICROSOFT = "com.microsoft"
_EPSILON = 1e-12
_OPSETS = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
_IR_VERSION = 10


class Drawing:
    """A graph in the making; every method returns the name of what it added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        (name,) = self.split(operator, *inputs, parts=1, domain=domain, **attributes)
        return name

    def split(self, operator: str, *inputs: str, parts: int, domain: str = "", **attributes: Any) -> list[str]:
        name = f"{operator}_{len(self.nodes)}"
        outputs = [f"{name}:{number}" for number in range(parts)]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs


class Precision(Protocol):
    """How the large matrices are kept, and so how they are looked up and multiplied with."""

    def rows(self, drawing: Drawing, name: str, table: Array, ids: str) -> str:
        """The rows `ids` of a table."""

    def linear(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        """`x @ matrix + bias`; `name` is the layer's."""


class Exact:
    """Everything in float32, as the weights come."""

    def rows(self, drawing: Drawing, name: str, table: Array, ids: str) -> str:
        return drawing.add("Gather", drawing.constant(name, table), ids)

    def linear(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        product = drawing.add("MatMul", x, drawing.constant(name, matrix))
        return drawing.add("Add", product, drawing.constant(f"{name}.bias", bias))


def bert(weights: Weights, precision: Precision) -> onnx.ModelProto:
    """The whole model."""
    layers = _Layers(weights, precision)
    x = layers.embedded()
    for number in range(LAYERS):
        x = layers.layer(f"encoder.layer.{number}", x)
    layers.pooled(x)
    return _model(layers.drawing)


class _Layers:
    def __init__(self, weights: Weights, precision: Precision) -> None:
        self.drawing = Drawing()
        self._weights = weights
        self._precision = precision

    def embedded(self) -> str:
        drawing, name = self.drawing, "embeddings.word_embeddings"
        words = self._precision.rows(drawing, name, self._weights[f"{name}.weight"], IDS)
        # A text is one segment, so the vector of its segment is added once and for all.
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        places = self._weights["embeddings.position_embeddings.weight"][:WINDOW] + segment
        start = drawing.constant("start", np.array([0]))
        length = drawing.add("Shape", IDS, start=1, end=2)
        here = drawing.add("Slice", drawing.constant("places", places), start, length, start)
        x = drawing.add("Add", words, here)
        return drawing.add("LayerNormalization", x, *self._norm("embeddings"), axis=-1, epsilon=_EPSILON)

    def layer(self, name: str, x: str) -> str:
        x = self._added(f"{name}.attention.output", self._attention(f"{name}.attention.self", x), x)
        wide = self.drawing.add("Gelu", self._linear([f"{name}.intermediate.dense"], x), domain=MICROSOFT)
        return self._added(f"{name}.output", wide, x)

    def pooled(self, x: str) -> None:
        # The sum over a text's tokens has the direction of their mean, and only the direction stays.
        tokens = self.drawing.constant("tokens", np.array([1]))
        total = self.drawing.add("ReduceSum", x, tokens, keepdims=0)
        self.drawing.nodes.append(helper.make_node("LpNormalization", [total], [VECTOR], axis=-1, p=2))

    def _attention(self, name: str, x: str) -> str:
        projected = self._linear([f"{name}.{part}" for part in ("query", "key", "value")], x)
        three = self.drawing.split("Split", projected, parts=3, axis=-1, num_outputs=3)
        return self.drawing.add("MultiHeadAttention", *three, domain=MICROSOFT, num_heads=HEADS)

    def _added(self, name: str, x: str, residual: str) -> str:
        """A linear layer, the residual, and the norm of their sum."""
        total = self.drawing.add("Add", self._linear([f"{name}.dense"], x), residual)
        # The fused operator of both, SkipLayerNormalization, takes five times as long.
        return self.drawing.add("LayerNormalization", total, *self._norm(name), axis=-1, epsilon=_EPSILON)

    def _linear(self, names: list[str], x: str) -> str:
        """Layers that have the same input, side by side."""
        matrix = np.concatenate([self._weights[f"{name}.weight"] for name in names]).T
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        return self._precision.linear(self.drawing, names[0], matrix, bias, x)

    def _norm(self, name: str) -> list[str]:
        names = (f"{name}.LayerNorm.weight", f"{name}.LayerNorm.bias")
        return [self.drawing.constant(each, self._weights[each]) for each in names]


def _model(drawing: Drawing) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info(IDS, TensorProto.INT64, [1, "tokens"])]
    outputs = [helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [1, DIMENSIONS])]
    graph = helper.make_graph(drawing.nodes, "bert", inputs, outputs, drawing.constants)
    return helper.make_model(graph, opset_imports=_OPSETS, ir_version=_IR_VERSION)
