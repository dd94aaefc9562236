"""Default embeddings: always the same for a text, and nearer the more words two texts share. Not of unit length."""

from __future__ import annotations

import base64
import re
import struct
from hashlib import sha256
from typing import Any

from parley_common.testing.model_server.script import Asked

DIMENSIONS = 1536


def embedded(asked: Asked) -> dict[str, Any]:
    """The answer to a request: numbers, or 32-bit floats in base64 where that is asked for."""
    dimensions = asked.body.get("dimensions") or DIMENSIONS
    vectors = [vector(text, dimensions) for text in asked.inputs]
    packed = asked.body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(each) if packed else each}
        for index, each in enumerate(vectors)
    ]
    read = sum(len(text) // 4 + 1 for text in asked.inputs)
    usage = {"prompt_tokens": read, "total_tokens": read}
    return {"object": "list", "model": asked.body.get("model", "test"), "data": data, "usage": usage}


def vector(text: str, dimensions: int) -> list[float]:
    """How often each word is there, words filed by their hash."""
    counts = [0.0] * dimensions
    counts[0] = 0.5
    for word in re.findall(r"\w+", text.lower()):
        counts[int.from_bytes(sha256(word.encode()).digest()[:4]) % dimensions] += 1.0
    return counts


def _packed(numbers: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
