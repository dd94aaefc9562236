"""ONNX Runtime, held to what a service wants of it: one thread a call, and no word to anybody outside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

IDS, VECTOR = "ids", "vector"


class Session:
    """A built model in memory; any number of threads may use it at once, each for a text of its own."""

    def __init__(self, model: Path | bytes) -> None:
        # Its official builds report usage to their maker unless this is set before they are loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        source = model if isinstance(model, bytes) else str(model)
        self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])

    def vector(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The unit vector of a text, given as its token ids, special ones included."""
        (found,) = self._session.run([VECTOR], {IDS: np.array([ids], np.int64)})
        vector: NDArray[np.float32] = found[0]
        return vector
